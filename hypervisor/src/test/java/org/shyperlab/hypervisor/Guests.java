package org.shyperlab.hypervisor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Small guests in AArch64 machine code, with their source beside them. They are loaded and start at 0x40080000. */
final class Guests {
    /**
     * Counts up at 0x40100000 for ever.
     *
     * <pre>
     * mov x1, #0x40100000; 1:  add x0, x0, #1; str x0, [x1]; b 1b
     * </pre>
     */
    static final byte[] SPIN = words(0xd2a80201, 0x91000400, 0xf9000020, 0x17fffffe);

    /**
     * Takes a virtual timer interrupt every millisecond in WFI, interrupts masked, and counts them at 0x40100000.
     *
     * <pre>
     * mov x0, #0x08000000; mov x1, #0x08010000; mov x2, #0x40100000; mov w3, #1; str w3, [x0]; mov w4, #0x08000000
     * str w4, [x0, #0x100]; mov w5, #0xff; str w5, [x1, #4]; str w3, [x1]; mov x6, #0xf424; msr cntv_tval_el0, x6
     * msr cntv_ctl_el0, x3; 1:  wfi; ldr w7, [x1, #0xc]; cmp w7, #27; b.ne 1b; msr cntv_tval_el0, x6; str w7, [x1, #0x10]
     * add x8, x8, #1; str x8, [x2]; b 1b
     * </pre>
     */
    static final byte[] TICKS = words(
            0xd2a10000,
            0xd2a10021,
            0xd2a80202,
            0x52800023,
            0xb9000003,
            0x52a10004,
            0xb9010004,
            0x52801fe5,
            0xb9000425,
            0xb9000023,
            0xd29e8486,
            0xd51be306,
            0xd51be323,
            0xd503207f,
            0xb9400c27,
            0x71006cff,
            0x54ffffa1,
            0xd51be306,
            0xb9001027,
            0x91000508,
            0xf9000048,
            0x17fffff8);

    /**
     * Makes hypercalls and PSCI calls with two vCPUs and stores each result at 0x40100000 and up, then SYSTEM_OFF.
     *
     * <pre>
     * mov x9, #0x40100000; mov x7, #4; hvc #0; str x0, [x9], #8; mov x7, #0x100; mov x0, #0x40200000; hvc #0; str x0, [x9], #8
     * mov x7, #0x108; mov x0, #0x40300000; hvc #0; str x0, [x9], #8; mov x0, #0x10000000; hvc #0; str x0, [x9], #8
     * mov x7, #0x103; hvc #0; str x0, [x9], #8; mov x7, #0; mov x0, #0x84000000; hvc #0; str x0, [x9], #8; mov x0, #0x84000000
     * smc #0; str x0, [x9], #8; ldr x0, =0xc4000003; mov x1, #5; mov x2, #0x40080000; smc #0; str x0, [x9], #8
     * ldr x0, =0xc4000003; mov x1, #0; mov x2, #0x40080000; smc #0; str x0, [x9], #8; ldr x0, =0xc4000003; mov x1, #1
     * mov x2, #0x10000000; smc #0; str x0, [x9], #8; ldr x0, =0xc4000004; mov x1, #1; mov x2, #0; smc #0; str x0, [x9], #8
     * ldr x0, =0xc4000003; mov x1, #1; adr x2, second; mov x3, #0x77; smc #0; str x0, [x9], #8; mov x10, #0x40400000
     * 1:  ldr x0, [x10]; cbz x0, 1b; ldr x0, =0xc4000003; mov x1, #1; adr x2, second; smc #0; str x0, [x9], #8; mov x1, #1
     * str x1, [x10, #8]; 2:  ldr x0, =0xc4000004; mov x1, #1; mov x2, #0; smc #0; cbz x0, 2b; str x0, [x9], #8
     * ldr x0, =0x8400000a; ldr x1, =0xc4000003; smc #0; str x0, [x9], #8; ldr x0, =0x8400000a; ldr x1, =0x84000005; smc #0
     * str x0, [x9], #8; ldr x0, =0x84000006; smc #0; str x0, [x9], #8; ldr x0, =0x80000000; smc #0; str x0, [x9], #8
     * ldr x0, =0xc400ffff; smc #0; str x0, [x9], #8; mov x0, #8; movk x0, #0x8400, lsl #16; smc #0; b .; second:
     * mov x10, #0x40400000; str x0, [x10]; 1:  ldr x1, [x10, #8]; cbz x1, 1b; mov x0, #2; movk x0, #0x8400, lsl #16; smc #0
     * b .
     * </pre>
     */
    static final byte[] CALLS = words(
            0xd2a80209,
            0xd2800087,
            0xd4000002,
            0xf8008520,
            0xd2802007,
            0xd2a80400,
            0xd4000002,
            0xf8008520,
            0xd2802107,
            0xd2a80600,
            0xd4000002,
            0xf8008520,
            0xd2a20000,
            0xd4000002,
            0xf8008520,
            0xd2802067,
            0xd4000002,
            0xf8008520,
            0xd2800007,
            0xd2b08000,
            0xd4000002,
            0xf8008520,
            0xd2b08000,
            0xd4000003,
            0xf8008520,
            0x580008e0,
            0xd28000a1,
            0xd2a80102,
            0xd4000003,
            0xf8008520,
            0x58000840,
            0xd2800001,
            0xd2a80102,
            0xd4000003,
            0xf8008520,
            0x580007a0,
            0xd2800021,
            0xd2a20002,
            0xd4000003,
            0xf8008520,
            0x58000740,
            0xd2800021,
            0xd2800002,
            0xd4000003,
            0xf8008520,
            0x58000660,
            0xd2800021,
            0x10000522,
            0xd2800ee3,
            0xd4000003,
            0xf8008520,
            0xd2a8080a,
            0xf9400140,
            0xb4ffffe0,
            0x58000540,
            0xd2800021,
            0x10000402,
            0xd4000003,
            0xf8008520,
            0xd2800021,
            0xf9000541,
            0x580004a0,
            0xd2800021,
            0xd2800002,
            0xd4000003,
            0xb4ffff80,
            0xf8008520,
            0x58000420,
            0x58000381,
            0xd4000003,
            0xf8008520,
            0x580003a0,
            0x580003c1,
            0xd4000003,
            0xf8008520,
            0x580003a0,
            0xd4000003,
            0xf8008520,
            0x58000380,
            0xd4000003,
            0xf8008520,
            0x58000360,
            0xd4000003,
            0xf8008520,
            0xd2800100,
            0xf2b08000,
            0xd4000003,
            0x14000000,
            0xd2a8080a,
            0xf9000140,
            0xf9400541,
            0xb4ffffe1,
            0xd2800040,
            0xf2b08000,
            0xd4000003,
            0x14000000,
            0xc4000003,
            0x00000000,
            0xc4000004,
            0x00000000,
            0x8400000a,
            0x00000000,
            0x84000005,
            0x00000000,
            0x84000006,
            0x00000000,
            0x80000000,
            0x00000000,
            0xc400ffff,
            0x00000000);

    /**
     * Loads from an IPA where nothing is.
     *
     * <pre>
     * mov x1, #0x10000000; ldr x0, [x1, #8]; b .
     * </pre>
     */
    static final byte[] BADLOAD = words(0xd2a20001, 0xf9400420, 0x14000000);

    /**
     * Jumps to an IPA where nothing is.
     *
     * <pre>
     * mov x1, #0x10000000; br x1
     * </pre>
     */
    static final byte[] BADJUMP = words(0xd2a20001, 0xd61f0020);

    /**
     * SYSTEM_OFF at once.
     *
     * <pre>
     * mov x0, #8; movk x0, #0x8400, lsl #16; smc #0; b .
     * </pre>
     */
    static final byte[] OFF = words(0xd2800100, 0xf2b08000, 0xd4000003, 0x14000000);

    /**
     * Counts its starts at 0x40100000, then SYSTEM_RESET.
     *
     * <pre>
     * mov x1, #0x40100000; ldr x2, [x1]; add x2, x2, #1; str x2, [x1]; mov x0, #9; movk x0, #0x8400, lsl #16; smc #0; b .
     * </pre>
     */
    static final byte[] RESET =
            words(0xd2a80201, 0xf9400022, 0x91000442, 0xf9000022, 0xd2800120, 0xf2b08000, 0xd4000003, 0x14000000);

    /**
     * Says "hi" on a PL011, the h with a pair store, reads a pair of its registers, then SYSTEM_OFF.
     *
     * <pre>
     * mov x1, #0x09000000; mov w2, #0x301; str w2, [x1, #0x30]; mov w0, #'h'; mov w3, #'i'; stp w0, wzr, [x1]; strb w3, [x1]
     * mov w4, #0x10; str w4, [x1, #0x38]; ldp w5, w6, [x1, #0x18]; mov x0, #8; movk x0, #0x8400, lsl #16; smc #0; b .
     * </pre>
     */
    static final byte[] HELLO = words(
            0xd2a12001,
            0x52806022,
            0xb9003022,
            0x52800d00,
            0x52800d23,
            0x29007c20,
            0x39000023,
            0x52800204,
            0xb9003824,
            0x29431825,
            0xd2800100,
            0xf2b08000,
            0xd4000003,
            0x14000000);

    /**
     * Jumps to an IPA where nothing is, with a vector that leaves ESR_EL1, FAR_EL1 and ELR_EL1 at 0x40100000.
     *
     * <pre>
     * adr x0, . + 0x800; msr vbar_el1, x0; isb; mov x1, #0x10000000; br x1
     * .org 0xa00: mov x5, #0x40100000; mrs x2, esr_el1; mrs x3, far_el1; mrs x4, elr_el1; stp x2, x3, [x5]; str x4, [x5, #16]; b .
     * </pre>
     */
    static final byte[] HANDLED_BADJUMP = withVector(
            words(0x10004000, 0xd518c000, 0xd5033fdf, 0xd2a20001, 0xd61f0020),
            words(0xd2a80205, 0xd5385202, 0xd5386003, 0xd5384024, 0xa9000ca2, 0xf90008a4, 0x14000000));

    private Guests() {}

    /** Code, and what the vector for synchronous exceptions of EL1 holds when VBAR_EL1 is 2 KiB above it. */
    private static byte[] withVector(byte[] code, byte[] vector) {
        return ByteBuffer.allocate(0xa00 + vector.length)
                .put(code)
                .put(0xa00, vector)
                .array();
    }

    static byte[] words(int... words) {
        ByteBuffer buffer = ByteBuffer.allocate(words.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            buffer.putInt(word);
        }
        return buffer.array();
    }
}
