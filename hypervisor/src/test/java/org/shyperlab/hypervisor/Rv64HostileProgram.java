package org.shyperlab.hypervisor;

import org.shyperlab.emulator.device.aia.Imsic;
import org.shyperlab.hypervisor.code.Rv64Assembler;

/** Attacks by SBI, on the PLIC or AIA, and with CSRs. */
final class Rv64HostileProgram extends HostileProgram {
    private static final long[] EXTENSIONS = {
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        0x10,
        0x5449_4d45,
        0x0073_5049,
        0x5246_4e43,
        0x0048_534d,
        0x4442_434e,
        0x5353_5550,
        0x0050_4d55
    };
    private static final long HSM = 0x0048_534d;
    private static final long SRST = 0x5352_5354;
    private static final long IPI = 0x0073_5049;
    private static final int STVEC = 0x105;
    private static final long STRIDE = Imsic.hartStride(AiaTestInterrupts.MANY_GUEST_FILES);
    private static final int T0 = 5;
    private static final int S1 = 9;
    private static final int A0 = 10;
    private static final int A6 = 16;
    private static final long[] PLACES = {
        0,
        0x0200_0000L,
        RiscvTestBoard.PLIC + 0x20_0000,
        AiaTestInterrupts.MACHINE_DOMAIN,
        AiaTestInterrupts.MACHINE_FILES,
        AiaTestInterrupts.FILES,
        AiaTestInterrupts.FILES + 0x8000,
        RiscvTestBoard.UART,
        RiscvTestBoard.RAM - 0x1000,
        RiscvTestBoard.RAM + 0x100_0000,
        0x8800_0000L,
        0x7_0000_0000L,
        0x1ff_ffff_f000L
    };
    private final Rv64Assembler own;
    private final boolean aia;

    Rv64HostileProgram(LifeBoard.Rv64 board, long seed, boolean networked) {
        super(new Rv64Assembler(), board, seed, networked);
        own = (Rv64Assembler) code;
        aia = board.hasInterruptFiles();
    }

    @Override
    long[] places() {
        return PLACES;
    }

    private void ecall(long extension, long function, long... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            own.constantX(A0 + i, arguments[i]);
        }
        own.constantX(A6, function);
        own.ecall(extension);
    }

    @Override
    void startOthers() {
        ecall(HSM, 0, 1, code.address(0), 0);
    }

    @Override
    void firmwareCall() {
        if (chance(2)) {
            ecall(chance(50) ? SRST : 8, 0, random.nextInt(3), random.nextInt(3));
            return;
        }
        long extension = chance(90) ? EXTENSIONS[random.nextInt(EXTENSIONS.length)] : random.nextInt();
        long function = random.nextInt(8);
        boolean endsItself = extension == HSM && function == 1;
        if (!endsItself || chance(5)) {
            ecall(
                    extension,
                    function,
                    chance(70) ? random.nextInt(9) : value(),
                    chance(70) ? random.nextInt(9) : value(),
                    value(),
                    value(),
                    value());
        }
    }

    @Override
    void sendInterrupts() {
        if (aia && random.nextBoolean()) {
            code.poke(4, AiaTestInterrupts.FILES + random.nextInt(2) * STRIDE, random.nextInt(70), 2, 3);
        } else {
            ecall(IPI, 0, chance(70) ? random.nextInt(256) : value(), chance(70) ? 0 : value());
        }
    }

    /** Loads and stores of any kind by their bits: signed, compressed, of floating-point registers, atomic ones. */
    private void oddAccess(long address) {
        own.constantX(S1, address & -8);
        int form = random.nextInt(40);
        if (form == 0) {
            own.word(0x0000_202f | random.nextInt(32) << 27 | S1 << 15 | A0 << 7); // atomic: the end of the VM
        } else if (form == 1) {
            own.word(0x0000_2007 | random.nextInt(2) << 12 | S1 << 15); // flw, fld
        } else if (form < 20) {
            own.word(random.nextInt(8) << 12 | S1 << 15 | A0 << 7 | 0x03);
        } else {
            own.word(random.nextBoolean() ? 0x4080_4080 : 0xc080_c080); // c.lw or c.sw, twice
        }
    }

    @Override
    void controllerAccess() {
        if (chance(25)) {
            oddAccess(
                    aia
                            ? AiaTestInterrupts.APLIC + random.nextInt(0x4000)
                            : RiscvTestBoard.PLIC + random.nextInt(0x200));
            return;
        }
        if (aia) {
            access(AiaTestInterrupts.APLIC + random.nextInt(0x8000));
            return;
        }
        long[] parts = {0, 0x1000, 0x2000, 0x2080, 0x20_0000, 0x20_1000, 0x20_2000};
        int part = random.nextInt(8);
        long offset = part < parts.length ? parts[part] + random.nextInt(0x200) : random.nextInt(0x60_0000);
        access(RiscvTestBoard.PLIC + offset);
    }

    @Override
    void systemRegister() {
        int csr = random.nextInt(0x1000);
        own.constantX(T0, value());
        if (csr != STVEC && random.nextBoolean()) {
            own.writeCsr(csr, T0);
        } else {
            own.readCsr(csr, T0);
        }
    }

    @Override
    void special() {
        switch (random.nextInt(6)) {
            case 0 -> code.waitForInterrupt();
            case 1 -> own.word(0x0000_100f, 0x0ff0_000f); // fence.i, fence
            case 2 -> own.word(random.nextInt(32) << 15 | random.nextInt(32) << 20 | 0x1200_0073); // sfence.vma
            case 3 -> own.word(random.nextInt(2) << 30 | random.nextInt(32) << 15 | 0x2200_0073); // hfence
            case 4 -> {
                own.constantX(T0, random.nextInt(20_000));
                own.word(0xfff2_8293, 0xfe02_9ee3); // a loop of so many rounds
            }
            default -> own.word(0x6000_4073 | random.nextInt(64) << 20 | A0 << 15); // hlv, hsv
        }
    }
}
