package org.shyperlab.hypervisor;

import java.util.Random;
import org.shyperlab.emulator.device.aia.Imsic;
import org.shyperlab.hypervisor.code.A64Assembler;
import org.shyperlab.hypervisor.code.Assembler;
import org.shyperlab.hypervisor.code.Label;
import org.shyperlab.hypervisor.code.Rv64Assembler;
import org.shyperlab.hypervisor.code.VirtioCode;
import org.shyperlab.hypervisor.hypercall.Hypercall;
import org.shyperlab.hypervisor.hypercall.RandomArguments;

/**
 * Guests that attack whatever they can name: hypercalls, by instruction and by the shyper device; firmware calls about all cores; the
 * interrupt controller's registers and interrupts to everybody; virtio registers, rings and frames; addresses where they have nothing;
 * system registers; instructions of any kind. What they get for it they skip. The same seed gives the same guest.
 */
abstract class HostileProgram {
    private static final int ATTACKS = 400;
    private static final long HALF = 0x80_0000;
    private static final long RINGS = 0xf0_0000;
    private static final long PAGE = 0x1000;
    private static final int A = 2;
    private static final int B = 3;

    final Random random;
    final Assembler code;
    final LifeBoard board;
    private final boolean networked;

    private HostileProgram(Assembler code, LifeBoard board, long seed, boolean networked) {
        this.code = code;
        this.board = board;
        this.networked = networked;
        random = new Random(seed);
    }

    /** The guest of this seed, an {@link LifeBoard#equipped} one, with a NIC or without. */
    static byte[] of(LifeBoard board, long seed, boolean networked) {
        HostileProgram program = board instanceof LifeBoard.Rv64 riscv
                ? new Rv64(riscv, seed, networked)
                : new A64(board, seed, networked);
        return program.image();
    }

    private byte[] image() {
        code.skipFaults();
        Label again = code.here();
        startOthers();
        for (int i = 0; i < ATTACKS; i++) {
            surviving(this::attack);
        }
        code.jump(again);
        return code.image();
    }

    // ---- what the architectures add ----

    /** An attack after which the guest goes on with what follows, if it can. */
    void surviving(Runnable attack) {
        attack.run();
    }

    /** Starts the VM's other cores at its own beginning. */
    abstract void startOthers();

    abstract void firmwareCall();

    /** Interrupts to cores, its own and others'. */
    abstract void sendInterrupts();

    abstract void controllerAccess();

    abstract void systemRegister();

    /** Timers, waiting, barriers, maintenance of caches and TLBs. */
    abstract void special();

    /** Addresses of devices and of what others have, mostly not its own. */
    abstract long[] places();

    // ---- what both have ----

    final boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /** Numbers as calls want them, or not. */
    final long value() {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextInt(8);
            case 2 -> 1L << random.nextInt(64);
            case 3 -> -1 - random.nextInt(4);
            case 4 -> code.ram() + HALF + random.nextInt((int) HALF);
            default -> random.nextInt() & 0xffff_ffffL;
        };
    }

    private void attack() {
        switch (random.nextInt(16)) {
            case 0, 1 -> hypercall();
            case 2 -> hypercallByDevice();
            case 3, 4 -> firmwareCall();
            case 5 -> sendInterrupts();
            case 6, 7, 8 -> controllerAccess();
            case 9 -> virtioAccess();
            case 10 -> ring();
            case 11 -> frame();
            case 12 -> systemRegister();
            case 13 -> special();
            case 14 -> anyInstruction();
            default -> memoryAccess();
        }
    }

    private long[] arguments(Hypercall call) {
        // The upper half: message rings over its own code would end it.
        return RandomArguments.of(random, call, code.ram() + HALF, (int) HALF);
    }

    private static Hypercall any(Random random) {
        Hypercall[] all = Hypercall.values();
        return all[random.nextInt(all.length)];
    }

    private static boolean endsItself(Hypercall call) {
        return call == Hypercall.SHUTDOWN_VM || call == Hypercall.REBOOT_VM;
    }

    private void hypercall() {
        Hypercall call = any(random);
        if (!endsItself(call) || chance(3)) {
            code.hypercall(chance(90) ? call.code() : random.nextInt(0x2000), arguments(call));
        }
    }

    private void hypercallByDevice() {
        Hypercall call = any(random);
        if (endsItself(call) && chance(97)) {
            return;
        }
        long[] arguments = arguments(call);
        for (int i = 0; i < arguments.length; i++) {
            code.poke(8, board.shyperAddress() + 8L * i, arguments[i], A, B);
        }
        code.poke(8, board.shyperAddress() + 0x38, call.code(), A, B);
        code.load(8, B, A, 8);
        code.poke(1 << random.nextInt(4), board.shyperAddress() + random.nextInt(14) * 8L, value(), A, B);
    }

    /** A load or store of any width at an aligned address. */
    final void access(long address) {
        int width = 1 << random.nextInt(4);
        code.constant(A, address & -width);
        if (random.nextBoolean()) {
            code.load(width, B, A, 0);
        } else {
            code.constant(B, chance(30) ? -1 : value());
            code.store(width, B, A, 0);
        }
    }

    private boolean usesDisk() {
        return !networked || random.nextBoolean();
    }

    private void virtioAccess() {
        long device = usesDisk() ? board.diskAddress() : board.nicAddress();
        int offset = chance(80) ? random.nextInt(0x30) * 4 : random.nextInt((int) PAGE);
        access(device + offset);
    }

    private long ringAddress() {
        return chance(80)
                ? code.ram() + RINGS + random.nextInt(8) * PAGE + random.nextInt(16) * 16L
                : places()[random.nextInt(places().length)];
    }

    /** A ring of chance, in memory of chance. */
    private void ring() {
        boolean disk = usesDisk();
        VirtioCode device = new VirtioCode(code, disk ? board.diskAddress() : board.nicAddress());
        long page = code.ram() + RINGS + random.nextInt(8) * PAGE;
        int number = disk ? 0 : random.nextInt(2);
        device.begin();
        device.ring(number, page);
        if (chance(20)) {
            code.poke(
                    4,
                    (disk ? board.diskAddress() : board.nicAddress()) + 0x80 + random.nextInt(11) * 4L,
                    value(),
                    A,
                    B);
        }
        device.ready();
        for (int i = 0; i < 6; i++) {
            int length = chance(70) ? random.nextInt(2000) : random.nextInt();
            device.descriptor(page, i, ringAddress(), length & 0x7fff_ffff, random.nextInt(8), random.nextInt(9));
        }
        device.heads(page, random.nextInt(8), random.nextInt(chance(90) ? 8 : 0x1_0000));
        code.constant(A, chance(80) ? random.nextInt(9) : random.nextInt(0x1_0000));
        device.available(page, A);
        device.notifyDevice(number);
    }

    /** A frame of any length, from and to anybody. */
    private void frame() {
        if (!networked) {
            return;
        }
        VirtioCode nic = new VirtioCode(code, board.nicAddress());
        long page = code.ram() + RINGS + 0x9000;
        nic.begin();
        nic.ring(1, page);
        nic.ready();
        int length = chance(70) ? 60 + random.nextInt(1500) : random.nextInt(1700);
        nic.descriptor(page, 0, page + 0x406, length, 0, 0);
        nic.heads(page, 0);
        long frame = page + 0x406 + 12;
        int[] types = {0x0608, 0x0008, 0xdd86, 0xb588, random.nextInt(0x1_0000)};
        int[] words = {address(0), address(1), address(2), address(0), address(1), address(2), types[random.nextInt(5)]
        };
        for (int i = 0; i < words.length; i++) {
            code.poke(2, frame + 2L * i, words[i], 0, 1);
        }
        for (int count = 1 + random.nextInt(3); count > 0; count--) {
            code.constant(A, 4 - count);
            nic.available(page, A);
            nic.notifyDevice(1);
        }
    }

    /** A part of the address of one of the VMs' NICs, of a group's, or of nobody's, as it is in memory. */
    private int address(int part) {
        int kind = random.nextInt(12);
        if (kind == 0) {
            return 0xffff;
        }
        if (kind == 1) {
            return random.nextInt(0x1_0000);
        }
        return switch (part) {
            case 0 -> 0x5674;
            case 1 -> 0x00aa;
            default -> random.nextInt(4) << 8;
        };
    }

    private void anyInstruction() {
        for (int count = random.nextInt(4); count >= 0; count--) {
            code.word(random.nextInt());
        }
    }

    /** Mostly its own RAM: an access to where it has nothing ends it. */
    private void memoryAccess() {
        if (chance(6)) {
            access(places()[random.nextInt(places().length)] + random.nextInt((int) PAGE));
        } else {
            access(code.ram() + HALF + random.nextInt((int) HALF - 8));
        }
    }

    /** PSCI, GICv2 and MSR. */
    private static final class A64 extends HostileProgram {
        private static final int[] FUNCTIONS = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 18, 20};
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

        A64(LifeBoard board, long seed, boolean networked) {
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
            access(chance(70) ? TestBoard.GICD + random.nextInt(0x1000) : TestBoard.GICC + random.nextInt(0x1100));
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

    /** SBI, PLIC or AIA, and CSRs. */
    private static final class Rv64 extends HostileProgram {
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

        Rv64(LifeBoard.Rv64 board, long seed, boolean networked) {
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

        @Override
        void controllerAccess() {
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
}
