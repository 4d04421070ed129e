package org.shyperlab.hypervisor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Small guests in RV64 machine code, with their source beside them. They are loaded and start at 0x80200000. */
final class RiscvGuests {
    /**
     * Makes SBI calls and hypercalls with two harts and stores the results at 0x80100000 and up, then powers off.
     *
     * <pre>
     * li s1, 0x80100000; la s0, trap; csrw stvec, s0; sd a0, 0(s1); li a7, 0x0a000004; ecall; sd a0, 8(s1); li a7, 0x0a000100
     * li a0, 0x80180000; ecall; sd a0, 16(s1); li a7, 0x0a000108; li a0, 0x10000000; ecall; sd a0, 24(s1); li a7, 0x0a000103
     * ecall; sd a0, 32(s1); li a7, 0x10; li a6, 0; ecall; sd a1, 40(s1); li a7, 0x735049; li a6, 0; li a0, 4; li a1, 0; ecall
     * sd a0, 48(s1); li a7, 0x52464e43; li a6, 0; li a0, 1; li a1, 64; ecall; sd a0, 56(s1); li a7, 0x48534d; li a6, 0
     * li a0, 1; li a1, 0x10000000; ecall; sd a0, 64(s1); li a6, 0; li a0, 5; ecall; sd a0, 72(s1); li a6, 2; li a0, 1; ecall
     * sd a1, 80(s1); csrr a0, hgatp; sd s2, 88(s1); li a6, 0; li a0, 1; la a1, second; li a2, 77; ecall; sd a0, 96(s1)
     * 1: ld t0, 0x100(s1); beqz t0, 1b; li a7, 0x735049; li a6, 0; li a0, 2; li a1, 0; ecall; sd a0, 104(s1); li a7, 0x48534d
     * 2: li a6, 2; li a0, 1; ecall; beqz a1, 2b; li a7, 0x4442434e; li a6, 0; li a0, 3; la a1, text; li a2, 0; ecall
     * sd a1, 112(s1); li a7, 0x53525354; li a6, 0; li a0, 0; li a1, 0; ecall; j .; .balign 4; trap: csrr s2, scause
     * csrr s3, sepc; addi s3, s3, 4; csrw sepc, s3; sret; .balign 4; second: li s1, 0x80100000; sd a0, 0x108(s1); csrwi sie, 2
     * sd a1, 0x100(s1); 1: wfi; csrr t0, sip; andi t0, t0, 2; beqz t0, 1b; sd t0, 0x110(s1); li a7, 0x48534d; li a6, 1; ecall
     * j .; text: .ascii "hi\n"; .balign 4
     * </pre>
     */
    static final byte[] CALLS = words(
            0x000014b7,
            0x8014849b,
            0x01449493,
            0x00000417,
            0x18440413,
            0x10541073,
            0x00a4b023,
            0x0a0008b7,
            0x0048889b,
            0x00000073,
            0x00a4b423,
            0x0a0008b7,
            0x1008889b,
            0x00001537,
            0x0035051b,
            0x01351513,
            0x00000073,
            0x00a4b823,
            0x0a0008b7,
            0x1088889b,
            0x10000537,
            0x00000073,
            0x00a4bc23,
            0x0a0008b7,
            0x1038889b,
            0x00000073,
            0x02a4b023,
            0x01000893,
            0x00000813,
            0x00000073,
            0x02b4b423,
            0x007358b7,
            0x0498889b,
            0x00000813,
            0x00400513,
            0x00000593,
            0x00000073,
            0x02a4b823,
            0x524658b7,
            0xe438889b,
            0x00000813,
            0x00100513,
            0x04000593,
            0x00000073,
            0x02a4bc23,
            0x004858b7,
            0x34d8889b,
            0x00000813,
            0x00100513,
            0x100005b7,
            0x00000073,
            0x04a4b023,
            0x00000813,
            0x00500513,
            0x00000073,
            0x04a4b423,
            0x00200813,
            0x00100513,
            0x00000073,
            0x04b4b823,
            0x68002573,
            0x0524bc23,
            0x00000813,
            0x00100513,
            0x00000597,
            0x0a458593,
            0x04d00613,
            0x00000073,
            0x06a4b023,
            0x1004b283,
            0xfe028ee3,
            0x007358b7,
            0x0498889b,
            0x00000813,
            0x00200513,
            0x00000593,
            0x00000073,
            0x06a4b423,
            0x004858b7,
            0x34d8889b,
            0x00200813,
            0x00100513,
            0x00000073,
            0xfe058ae3,
            0x444248b7,
            0x34e8889b,
            0x00000813,
            0x00300513,
            0x00000597,
            0x08458593,
            0x00000613,
            0x00000073,
            0x06b4b823,
            0x535258b7,
            0x3548889b,
            0x00000813,
            0x00000513,
            0x00000593,
            0x00000073,
            0x0000006f,
            0x14202973,
            0x141029f3,
            0x00498993,
            0x14199073,
            0x10200073,
            0x000014b7,
            0x8014849b,
            0x01449493,
            0x10a4b423,
            0x10415073,
            0x10b4b023,
            0x10500073,
            0x144022f3,
            0x0022f293,
            0xfe028ae3,
            0x1054b823,
            0x004858b7,
            0x34d8889b,
            0x00100813,
            0x00000073,
            0x0000006f,
            0x000a6968);

    /**
     * Takes a timer interrupt every millisecond by SBI, in WFI, and counts them at 0x80100000.
     *
     * <pre>
     * li s1, 0x80100000; li s2, 10000; li t0, 32; csrw sie, t0; 1: rdtime a0; add a0, a0, s2; li a7, 0x54494d45; li a6, 0
     * ecall; wfi; csrr t0, sip; andi t0, t0, 32; beqz t0, 1b; addi s3, s3, 1; sd s3, 0(s1); j 1b
     * </pre>
     */
    static final byte[] TICKS = words(
            0x000014b7,
            0x8014849b,
            0x01449493,
            0x00002937,
            0x7109091b,
            0x02000293,
            0x10429073,
            0xc0102573,
            0x01250533,
            0x544958b7,
            0xd458889b,
            0x00000813,
            0x00000073,
            0x10500073,
            0x144022f3,
            0x0202f293,
            0xfc028ee3,
            0x00198993,
            0x0134b023,
            0xfd1ff06f);

    /**
     * Takes a timer interrupt every millisecond by stimecmp, in WFI, and counts them at 0x80100000.
     *
     * <pre>
     * li s1, 0x80100000; li s2, 10000; li t0, 32; csrw sie, t0; 1: rdtime a0; add a0, a0, s2; csrw 0x14d, a0; wfi
     * csrr t0, sip; andi t0, t0, 32; beqz t0, 1b; addi s3, s3, 1; sd s3, 0(s1); j 1b
     * </pre>
     */
    static final byte[] SSTC = words(
            0x000014b7,
            0x8014849b,
            0x01449493,
            0x00002937,
            0x7109091b,
            0x02000293,
            0x10429073,
            0xc0102573,
            0x01250533,
            0x14d51073,
            0x10500073,
            0x144022f3,
            0x0202f293,
            0xfe0284e3,
            0x00198993,
            0x0134b023,
            0xfddff06f);

    /**
     * Counts up at 0x80100000 for ever.
     *
     * <pre>
     * li s1, 0x80100000; 1: addi s3, s3, 1; sd s3, 0(s1); j 1b
     * </pre>
     */
    static final byte[] SPIN = words(0x000014b7, 0x8014849b, 0x01449493, 0x00198993, 0x0134b023, 0xff9ff06f);

    /**
     * Loads from an address where nothing is.
     *
     * <pre>
     * li a1, 0x50000000; lw a0, 8(a1); j .
     * </pre>
     */
    static final byte[] BADLOAD = words(0x500005b7, 0x0085a503, 0x0000006f);

    /**
     * Jumps to an address where nothing is.
     *
     * <pre>
     * li a1, 0x50000000; jr a1
     * </pre>
     */
    static final byte[] BADJUMP = words(0x500005b7, 0x00058067);

    /**
     * An atomic operation on the PLIC.
     *
     * <pre>
     * li a1, 0x0c000000; amoadd.w a0, a2, (a1); j .
     * </pre>
     */
    static final byte[] BADCAS = words(0x0c0005b7, 0x00c5a52f, 0x0000006f);

    /**
     * Powers off at once, by the legacy call.
     *
     * <pre>
     * li a7, 8; ecall; j .
     * </pre>
     */
    static final byte[] OFF = words(0x00800893, 0x00000073, 0x0000006f);

    /**
     * Says r, then resets the system.
     *
     * <pre>
     * li a7, 1; li a0, 'r'; ecall; li a7, 0x53525354; li a6, 0; li a0, 1; li a1, 0; ecall; j .
     * </pre>
     */
    static final byte[] RESET = words(
            0x00100893,
            0x07200513,
            0x00000073,
            0x535258b7,
            0x3548889b,
            0x00000813,
            0x00100513,
            0x00000593,
            0x00000073,
            0x0000006f);

    /**
     * Sends three characters to the ns16550 at its interrupts (source 10), then powers off.
     *
     * <pre>
     * li s1, 0x80100000; li s4, 0x0c000000; li s5, 0x0c201000; li s6, 0x10000000; li t0, 1; sw t0, 40(s4); li t1, 0x400
     * li t2, 0x0c002080; sw t1, 0(t2); lw t3, 0(t2); sw t3, 16(s1); sw zero, 0(s5); li t0, 512; csrw sie, t0; li t0, 2
     * sb t0, 1(s6); 1: wfi; lw a0, 4(s5); beqz a0, 1b; sd a0, 0(s1); lbu t0, 2(s6); addi s3, s3, 1; sd s3, 8(s1)
     * addi t0, s3, 96; sb t0, 0(s6); li t1, 3; bne s3, t1, 2f; sb zero, 1(s6); 2: sw a0, 4(s5); bne s3, t1, 1b; csrr t0, sip
     * sd t0, 24(s1); li a7, 8; ecall; j .
     * </pre>
     */
    static final byte[] UART = words(
            0x000014b7,
            0x8014849b,
            0x01449493,
            0x0c000a37,
            0x0c201ab7,
            0x10000b37,
            0x00100293,
            0x025a2423,
            0x40000313,
            0x0c0023b7,
            0x0803839b,
            0x0063a023,
            0x0003ae03,
            0x01c4a823,
            0x000aa023,
            0x20000293,
            0x10429073,
            0x00200293,
            0x005b00a3,
            0x10500073,
            0x004aa503,
            0xfe050ce3,
            0x00a4b023,
            0x002b4283,
            0x00198993,
            0x0134b423,
            0x06098293,
            0x005b0023,
            0x00300313,
            0x00699463,
            0x000b00a3,
            0x00aaa223,
            0xfc6996e3,
            0x144022f3,
            0x0054bc23,
            0x00800893,
            0x00000073,
            0x0000006f);

    private RiscvGuests() {}

    static byte[] words(int... words) {
        ByteBuffer buffer = ByteBuffer.allocate(words.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            buffer.putInt(word);
        }
        return buffer.array();
    }
}
