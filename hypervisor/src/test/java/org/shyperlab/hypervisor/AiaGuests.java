package org.shyperlab.hypervisor;

/** Small guests for the board with AIA, in RV64 machine code, with their source beside them. They start at 0x80200000. */
final class AiaGuests {
    /**
     * Sends three characters to the ns16550 at its interrupts: source 10 on a rising edge is identity 5. Then powers off.
     *
     * <pre>
     * li s1, 0x80100000; li s4, 0x0d000000; li s6, 0x10000000; li t0, 0x70; csrw 0x150, t0; csrwi 0x151, 1; li t0, 0xc0
     * csrw 0x150, t0; li t0, 32; csrw 0x151, t0; li t0, 0x104; sw t0, 0(s4); li t0, 4; sw t0, 40(s4); li t1, 0x0d003000
     * li t0, 5; sw t0, 40(t1); li t1, 0x0d002000; li t0, 10; sw t0, -0x124(t1); li t0, 512; csrw sie, t0; li t0, 2
     * sb t0, 1(s6); li t1, 3; 1: wfi; csrrw a0, 0x15c, zero; srli a0, a0, 16; beqz a0, 1b; sd a0, 0(s1); lbu t0, 2(s6)
     * addi s3, s3, 1; sd s3, 8(s1); addi t0, s3, 96; sb t0, 0(s6); bne s3, t1, 1b; sb zero, 1(s6); li a7, 8; ecall; j .
     * </pre>
     */
    static final byte[] AIA_UART = RiscvGuests.words(
            0x000014b7,
            0x8014849b,
            0x01449493,
            0x0d000a37,
            0x10000b37,
            0x07000293,
            0x15029073,
            0x1510d073,
            0x0c000293,
            0x15029073,
            0x02000293,
            0x15129073,
            0x10400293,
            0x005a2023,
            0x00400293,
            0x025a2423,
            0x0d003337,
            0x00500293,
            0x02532423,
            0x0d002337,
            0x00a00293,
            0xec532e23,
            0x20000293,
            0x10429073,
            0x00200293,
            0x005b00a3,
            0x00300313,
            0x10500073,
            0x15c01573,
            0x01055513,
            0xfe050ae3,
            0x00a4b023,
            0x002b4283,
            0x00198993,
            0x0134b423,
            0x06098293,
            0x005b0023,
            0xfc699ce3,
            0x000b00a3,
            0x00800893,
            0x00000073,
            0x0000006f);

    /**
     * Counts at 0x80100000 the messages that source 12 sends on its rising edges, identity 7; the last one's identity behind it.
     *
     * <pre>
     * li s1, 0x80100000; li s4, 0x0d000000; li t0, 0x70; csrw 0x150, t0; csrwi 0x151, 1; li t0, 0xc0; csrw 0x150, t0
     * li t0, 128; csrw 0x151, t0; li t0, 0x104; sw t0, 0(s4); li t0, 4; sw t0, 48(s4); li t1, 0x0d003000; li t0, 7
     * sw t0, 48(t1); li t1, 0x0d002000; li t0, 12; sw t0, -0x124(t1); li t0, 512; csrw sie, t0; 1: wfi; csrrw a0, 0x15c, zero
     * srli a0, a0, 16; beqz a0, 1b; addi s3, s3, 1; sd s3, 0(s1); sd a0, 8(s1); j 1b
     * </pre>
     */
    static final byte[] AIA_COUNT = RiscvGuests.words(
            0x000014b7,
            0x8014849b,
            0x01449493,
            0x0d000a37,
            0x07000293,
            0x15029073,
            0x1510d073,
            0x0c000293,
            0x15029073,
            0x08000293,
            0x15129073,
            0x10400293,
            0x005a2023,
            0x00400293,
            0x025a2823,
            0x0d003337,
            0x00700293,
            0x02532823,
            0x0d002337,
            0x00c00293,
            0xec532e23,
            0x20000293,
            0x10429073,
            0x10500073,
            0x15c01573,
            0x01055513,
            0xfe050ae3,
            0x00198993,
            0x0134b023,
            0x00a4b423,
            0xfe5ff06f);

    /**
     * Sends 100 messages of identity 3 from hart 0 to hart 1, which answers each; counts answers and messages, then powers off.
     *
     * <pre>
     * li s1, 0x80100000; li s2, 0x28004000; li a7, 0x48534d; li a6, 0; li a0, 1; lla a1, second; li a2, 0; ecall
     * jal s5, files; li s4, 100; 1: ld t0, 0x100(s1); beqz t0, 1b; 2: li t0, 3; sw t0, 0(s2); 3: wfi; csrrw a0, 0x15c, zero
     * beqz a0, 3b; addi s6, s6, 1; sd s6, 0(s1); bne s6, s4, 2b; li a7, 8; ecall; j .; files: li t0, 0x70; csrw 0x150, t0
     * csrwi 0x151, 1; li t0, 0xc0; csrw 0x150, t0; csrwi 0x151, 8; li t0, 512; csrw sie, t0; jr s5; second: li s1, 0x80100000
     * li s2, 0x28000000; jal s5, files; li t0, 1; sd t0, 0x100(s1); 4: wfi; csrrw a0, 0x15c, zero; beqz a0, 4b
     * srli a0, a0, 16; addi s6, s6, 1; sd s6, 8(s1); sd a0, 16(s1); li t0, 3; sw t0, 0(s2); j 4b
     * </pre>
     */
    static final byte[] AIA_IPI = RiscvGuests.words(
            0x000014b7,
            0x8014849b,
            0x01449493,
            0x28004937,
            0x004858b7,
            0x34d8889b,
            0x00000813,
            0x00100513,
            0x00000597,
            0x07058593,
            0x00000613,
            0x00000073,
            0x03c00aef,
            0x06400a13,
            0x1004b283,
            0xfe028ee3,
            0x00300293,
            0x00592023,
            0x10500073,
            0x15c01573,
            0xfe050ce3,
            0x001b0b13,
            0x0164b023,
            0xff4b12e3,
            0x00800893,
            0x00000073,
            0x0000006f,
            0x07000293,
            0x15029073,
            0x1510d073,
            0x0c000293,
            0x15029073,
            0x15145073,
            0x20000293,
            0x10429073,
            0x000a8067,
            0x000014b7,
            0x8014849b,
            0x01449493,
            0x28000937,
            0xfcdffaef,
            0x00100293,
            0x1054b023,
            0x10500073,
            0x15c01573,
            0xfe050ce3,
            0x01055513,
            0x001b0b13,
            0x0164b423,
            0x00a4b823,
            0x00300293,
            0x00592023,
            0xfddff06f);

    /**
     * Sends a message to the page behind its hart's own interrupt file.
     *
     * <pre>
     * li a1, 0x28001000; li a0, 3; sw a0, 0(a1); j .
     * </pre>
     */
    static final byte[] AIA_FOREIGN = RiscvGuests.words(0x280015b7, 0x00300513, 0x00a5a023, 0x0000006f);

    private AiaGuests() {}
}
