package org.shyperlab.hypervisor;

import org.shyperlab.hypervisor.code.A64Assembler;

/** Attacks by PSCI, on the GICv2 and with MSR. */
final class A64HostileProgram extends HostileProgram {
    private static final int[] FUNCTIONS = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 18, 20};
    private static final int CPACR_EL1 = A64Assembler.system(3, 0, 1, 0, 2);
    private static final int VBAR_EL1 = A64Assembler.system(3, 0, 12, 0, 0);
    private static final long[] PLACES = {
        0,
        TestBoard.GICH,
        TestBoard.GICV,
        TestBoard.UART,
        TestBoard.RAM - 0x1000,
        TestBoard.RAM + 0x100_0000,
        TestBoard.VM_RAM,
        TestBoard.VM_RAM + 0x100_0000,
        0x7_0000_0000L,
        0xff_ffff_f000L
    };
    private final A64Assembler own;

    A64HostileProgram(LifeBoard board, long seed, boolean networked) {
        super(new A64Assembler(), board, seed, networked);
        own = (A64Assembler) code;
    }

    @Override
    long[] places() {
        return PLACES;
    }

    @Override
    void surviving(Runnable attack) {
        int start = own.position();
        own.word(0);
        attack.run();
        own.retreatTo(start, own.position());
    }

    private void smc(long function, long first, long second, long third) {
        own.constantX(0, function);
        own.constantX(1, first);
        own.constantX(2, second);
        own.constantX(3, third);
        own.word(0xd400_0003);
    }

    @Override
    void startOthers() {
        own.constantX(9, 3 << 20);
        own.msr(CPACR_EL1, 9); // vector registers on
        smc(0xc400_0003L, 1, code.address(0), 0);
    }

    @Override
    void firmwareCall() {
        int function = FUNCTIONS[random.nextInt(FUNCTIONS.length)];
        boolean endsItself = function == 2 || function == 8 || function == 9;
        if (!endsItself || chance(2)) {
            long wide = random.nextBoolean() ? 0x8400_0000L : 0xc400_0000L;
            long entry = chance(50) ? code.address(0) : value();
            smc(wide | function, chance(70) ? random.nextInt(9) : value(), chance(50) ? 0 : entry, value());
        }
    }

    @Override
    void sendInterrupts() {
        long sgi = random.nextInt(16) | random.nextInt(256) << 16 | (long) random.nextInt(4) << 24;
        code.poke(4, TestBoard.GICD + 0xf00, chance(80) ? sgi : value(), 2, 3);
    }

    @Override
    void controllerAccess() {
        if (chance(25)) {
            oddAccess(chance(80) ? TestBoard.GICD + random.nextInt(0x100) * 16L : TestBoard.UART);
        } else {
            access(chance(70) ? TestBoard.GICD + random.nextInt(0x1000) : TestBoard.GICC + random.nextInt(0x1100));
        }
    }

    /** Loads and stores that the syndrome does not describe: pairs, with write-back, of vector registers, exclusive ones. */
    private void oddAccess(long address) {
        own.constantX(9, address);
        int registers = 9 << 5 | 11 + random.nextInt(8);
        int load = random.nextInt(2) << 22;
        int form = random.nextInt(40);
        if (form == 0) {
            own.word(0x885f_7c00 | registers); // ldxr: the end of the VM
        } else if (form < 14) {
            own.word(
                    0x2900_0000 | random.nextInt(2) << 31 | random.nextInt(1 << 7) << 15 | 10 << 10 | load | registers);
        } else if (form < 28) {
            int index = random.nextInt(512) << 12 | random.nextInt(2) << 11;
            own.word(0x3800_0400 | random.nextInt(4) << 30 | index | load | registers);
        } else {
            own.word(0x3d80_0000 | load | registers);
        }
    }

    @Override
    void systemRegister() {
        int register = 2 + random.nextInt(2) << 19 | random.nextInt(1 << 14) << 5;
        own.constantX(9, value());
        if (random.nextBoolean() || register == VBAR_EL1) {
            own.mrs(register, 9);
        } else if (chance(60)) {
            own.msr(register, 9);
        }
    }

    @Override
    void special() {
        switch (random.nextInt(7)) {
            case 0 -> code.waitForInterrupt();
            case 1 -> own.word(0xd503_205f, 0xd503_209f); // wfe, sev
            case 2 -> own.word(0xd503_42ff, 0xd503_201f, 0xd503_42df); // interrupts on, nop, off
            case 3 -> {
                own.constantX(9, random.nextInt(1000));
                own.msr(A64Assembler.system(3, 3, 14, 2 + random.nextInt(2), 0), 9); // CNTP or CNTV_TVAL
                own.constantX(9, random.nextInt(4));
                own.msr(A64Assembler.system(3, 3, 14, 2 + random.nextInt(2), 1), 9);
            }
            case 4 -> own.word(0xd508_0000 | random.nextInt(1 << 16) << 5 & 0x7_ffe0 | 9); // SYS: TLBI, IC, DC, AT
            case 5 -> {
                own.constantX(9, random.nextInt(20_000));
                own.word(0xf100_0529, 0x54ff_ffe1); // a loop of so many rounds
            }
            default -> own.word(0xd400_0001 | random.nextInt(3) << 21 | random.nextInt(256) << 5); // svc, brk, hlt
        }
    }
}
