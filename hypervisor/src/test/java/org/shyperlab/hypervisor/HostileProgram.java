package org.shyperlab.hypervisor;

import java.util.Random;
import org.shyperlab.hypervisor.code.Assembler;
import org.shyperlab.hypervisor.code.Label;
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

    HostileProgram(Assembler code, LifeBoard board, long seed, boolean networked) {
        this.code = code;
        this.board = board;
        this.networked = networked;
        random = new Random(seed);
    }

    /** The guest of this seed, an {@link LifeBoard#equipped} one, with a NIC or without. */
    static byte[] of(LifeBoard board, long seed, boolean networked) {
        HostileProgram program = board instanceof LifeBoard.Rv64 riscv
                ? new Rv64HostileProgram(riscv, seed, networked)
                : new A64HostileProgram(board, seed, networked);
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
}
