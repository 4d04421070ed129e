package org.shyperlab.emulator.machine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * Makes AArch64 programs that try to break the machine they run on: random instructions mixed with aimed attacks. An image is meant to
 * be loaded at {@link #BASE} and entered there at EL1. The same seed gives the same image.
 *
 * <p>Layout: 2 KiB of vectors that mostly come back behind the instruction, 30 KiB of code, 32 KiB of page tables, partly sane.
 */
public final class HostileCode {
    /** Where the image is loaded and entered. */
    public static final long BASE = 0x4008_0000L;

    private static final int ENTRY_WORDS = 32;
    private static final int VECTORS = 0x800;
    static final int CODE = 0x1000;
    static final int TABLES = 0x8000;
    private static final int SIZE = 0x1_0000;
    private static final int TABLE_ENTRIES = 512;

    private final SplittableRandom random;
    private final boolean careful;
    private final ByteBuffer image = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);

    private HostileCode(long seed, boolean careful) {
        random = new SplittableRandom(seed);
        this.careful = careful;
    }

    /** The program of this seed. */
    public static byte[] image(long seed) {
        return image(seed, false);
    }

    /** The program of this seed for a VM: it keeps, mostly, to addresses that a VM has, so that it lives for a while. */
    public static byte[] guestImage(long seed) {
        return image(seed, true);
    }

    private static byte[] image(long seed, boolean careful) {
        HostileCode code = new HostileCode(seed, careful);
        code.entry();
        code.vectors();
        code.program();
        code.tables();
        return code.image.array();
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private int any() {
        return random.nextInt(31);
    }

    private void emit(int word) {
        if (image.position() + 4 <= image.limit()) {
            image.putInt(word);
        }
    }

    /** Vectors, a stack, all registers with something of interest, then into the program. */
    private void entry() {
        image.limit(4 * ENTRY_WORDS * 8);
        constant(1, BASE + VECTORS);
        msr(HostileTargets.register(3, 0, 12, 0, 0), 1);
        constant(2, BASE - 0x100);
        emit(0x9100_005f); // mov sp, x2
        constant(3, 3 << 20);
        msr(HostileTargets.register(3, 0, 1, 0, 2), 3); // CPACR_EL1: floating point on
        for (int n = 0; n < 29; n++) {
            constant(n, place());
        }
        if (chance(70)) {
            emit(0xd503_42ff); // msr daifclr, #2
        }
        branchTo(CODE);
    }

    private void branchTo(int offset) {
        emit(0x1400_0000 | (offset - image.position()) >> 2 & 0x3ff_ffff);
    }

    private void vectors() {
        for (int slot = 0; slot < 16; slot++) {
            image.limit(VECTORS + 0x80 * (slot + 1)).position(VECTORS + 0x80 * slot);
            if (chance(5)) {
                attack();
            }
            if ((slot & 3) == 1 || (slot & 3) == 2) {
                acknowledge();
            } else {
                emit(0xd538_403e); // mrs x30, elr_el1
                emit(0x9100_13de); // add x30, x30, #4
                emit(0xd518_403e); // msr elr_el1, x30
            }
            if (chance(85)) {
                emit(0xd69f_03e0); // eret
            }
            branchTo(CODE + random.nextInt((TABLES - CODE) / 4) * 4);
        }
    }

    /** x30 = GICC_IAR; GICC_EOIR = x30. */
    private void acknowledge() {
        constant(30, 0x0801_0000L);
        if (chance(80)) {
            emit(0xb940_0fdd); // ldr w29, [x30, #12]
            emit(0xb900_13dd); // str w29, [x30, #16]
        }
    }

    private void program() {
        image.limit(TABLES).position(CODE);
        while (image.remaining() >= 4) {
            int what = random.nextInt(100);
            if (what < 3) {
                emit(random.nextInt());
            } else if (what < 45) {
                int[] group = HostileTargets.GROUPS[random.nextInt(HostileTargets.GROUPS.length)];
                emit(group[0] | random.nextInt() & group[1]);
            } else if (what < 60) {
                branch();
            } else {
                attack();
            }
        }
    }

    private void branch() {
        int near = random.nextInt(-64, 64);
        switch (random.nextInt(8)) {
            case 0 -> emit(0x1400_0000 | near & 0x3ff_ffff);
            case 1 -> emit(0x9400_0000 | near & 0x3ff_ffff);
            case 2 -> emit(0x5400_0000 | (near & 0x7ffff) << 5 | random.nextInt(16));
            case 3 -> emit(0xb400_0000 | random.nextInt(2) << 24 | (near & 0x7ffff) << 5 | any());
            case 4 ->
                emit(0x3600_0000 | random.nextInt(2) << 24 | random.nextInt(32) << 19 | (near & 0x3fff) << 5 | any());
            case 5 -> {
                int target = any();
                constant(target, BASE + CODE + random.nextInt((TABLES - CODE) / 4) * 4L);
                emit(0xd61f_0000 | random.nextInt(3) << 21 | target << 5); // br, blr, ret
            }
            case 6 -> {
                if (chance(10)) {
                    int target = any();
                    constant(target, place());
                    emit(0xd61f_0000 | target << 5);
                }
            }
            default -> constant(any(), place());
        }
    }

    private void attack() {
        switch (random.nextInt(14)) {
            case 0, 1 -> access();
            case 2 -> system();
            case 3 -> translation();
            case 4 -> call();
            case 5 -> wait1();
            case 6 -> interrupts();
            case 7 -> serial();
            case 8 -> modifyCode();
            case 9 -> leave();
            case 10 -> timer();
            case 11 -> maintenance();
            case 12 -> descriptor();
            default -> exclusive();
        }
    }

    private long place() {
        long[] places = careful && !chance(1) ? HostileTargets.GUEST_PLACES : HostileTargets.PLACES;
        long address = places[random.nextInt(places.length)];
        return switch (random.nextInt(4)) {
            case 0 -> address;
            case 1 -> address + random.nextInt(0x1000);
            case 2 -> address + random.nextInt(0x400) * 4L;
            default -> address + random.nextInt(16);
        };
    }

    /** movz and movk. */
    private void constant(int register, long value) {
        emit(0xd280_0000 | (int) (value & 0xffff) << 5 | register);
        for (int half = 1; half < 4; half++) {
            int part = (int) (value >>> 16 * half) & 0xffff;
            if (part != 0) {
                emit(0xf280_0000 | half << 21 | part << 5 | register);
            }
        }
    }

    private void msr(int register, int from) {
        emit(0xd500_0000 | register | from);
    }

    /** A load or store of any size and form at an interesting address. */
    private void access() {
        int base = any();
        constant(base, place());
        int form = random.nextInt(6);
        int registers = base << 5 | random.nextInt(32);
        switch (form) {
            case 0, 1, 2 -> emit(0x3900_0000 | random.nextInt(4) << 30 | random.nextInt(4) << 22 | registers);
            case 3 -> emit(0x2900_0000 | random.nextInt(3) << 30 | random.nextInt(2) << 22 | any() << 10 | registers);
            case 4 ->
                emit(0x3800_0400
                        | random.nextInt(4) << 30
                        | random.nextInt(4) << 22
                        | random.nextInt(512) << 12
                        | registers);
            default -> emit(0x3d80_0000 | random.nextInt(2) << 22 | registers); // a whole vector register
        }
    }

    private void system() {
        int encoding = chance(80)
                ? HostileTargets.REGISTERS[random.nextInt(HostileTargets.REGISTERS.length)]
                : random.nextInt(1 << 16) << 5 | 2 << 19 & (1 << 21) - 1;
        int register = random.nextInt(32);
        if (register != 31) {
            constant(register, chance(50) ? place() : random.nextLong());
        }
        emit(0xd500_0000 | random.nextInt(2) << 21 | encoding & 0x1f_ffe0 | register);
    }

    /** Tables, translation control and the MMU itself. */
    private void translation() {
        int register = any();
        switch (random.nextInt(5)) {
            case 0 -> {
                constant(
                        register,
                        BASE + TABLES + random.nextInt(8) * 0x1000L | (chance(10) ? random.nextLong() << 48 : 0));
                msr(HostileTargets.register(3, 0, 2, 0, random.nextInt(2)), register);
            }
            case 1 -> {
                constant(register, chance(70) ? 0x5_b519_3519L : random.nextLong());
                msr(HostileTargets.register(3, 0, 2, 0, 2), register);
            }
            case 2 -> {
                long flip = chance(20) ? 1L << random.nextInt(32) : 0;
                constant(register, (0x30d0_0800L | random.nextInt(2) * 0x1005L) ^ flip);
                msr(HostileTargets.register(3, 0, 1, 0, 0), register);
                emit(0xd503_3fdf); // isb
            }
            case 3 -> {
                constant(register, chance(80) ? BASE + VECTORS : place());
                msr(HostileTargets.register(3, 0, 12, 0, 0), register);
            }
            default -> {
                constant(register, chance(60) ? 0xff_44_00_04L : random.nextLong());
                msr(HostileTargets.register(3, 0, 10, 2, 0), register);
            }
        }
    }

    /** HVC, SMC, SVC, BRK and the like with random arguments, PSCI's numbers among them (not SYSTEM_OFF and SYSTEM_RESET). */
    private void call() {
        int[] functions = {0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15, 18, 19, 20};
        long function = switch (random.nextInt(4)) {
            case 0 -> 0x8400_0000L | functions[random.nextInt(functions.length)];
            case 1 -> 0xc400_0000L | functions[random.nextInt(functions.length)];
            case 2 -> random.nextInt(32) << 8 | random.nextInt(32);
            default -> random.nextLong();
        };
        if ((function & 0xbfff_fff0L) == 0x8400_0000L && ((function & 15) == 8 || (function & 15) == 9)) {
            function ^= 8;
        }
        if (function == 0x8400_0002L && chance(90)) {
            return; // CPU_OFF ends the fun
        }
        constant(chance(50) ? 7 : 0, function);
        for (int n = 0; n < 4; n++) {
            if (chance(50)) {
                constant(n == 0 ? 0 : n, chance(50) ? random.nextInt(8) : n == 0 ? function : place());
            }
        }
        int[] calls = {0xd400_0002, 0xd400_0003, 0xd400_0001, 0xd420_0000, 0xd440_0000, 0xd4a0_0001, 0xd4a0_0003};
        emit(calls[chance(70) ? random.nextInt(2) : random.nextInt(calls.length)]
                | (chance(70) ? 0 : random.nextInt(1 << 16) << 5));
    }

    private void wait1() {
        int[] hints = {0xd503_207f, 0xd503_205f, 0xd503_203f, 0xd503_209f, 0xd503_20bf};
        for (int n = random.nextInt(4); n >= 0; n--) {
            emit(hints[random.nextInt(hints.length)]);
        }
    }

    /** Software interrupts to everybody, enables, priorities, states. */
    private void interrupts() {
        int base = any();
        int value = (base + 1 + random.nextInt(29)) % 31;
        boolean distributor = chance(70);
        constant(base, distributor ? 0x0800_0000L : 0x0801_0000L);
        int offset = distributor ? random.nextInt(0x400) : random.nextInt(0x40);
        if (chance(30)) {
            offset = 0xf00 / 4;
            constant(value, random.nextInt(4) << 24 | random.nextInt(256) << 16 | random.nextInt(16));
        } else {
            constant(value, chance(50) ? 0xffff_ffffL : random.nextInt());
        }
        emit(0xb900_0000 | offset << 10 | base << 5 | value);
    }

    /** The PL011 in loopback with all its interrupts on, and characters. */
    private void serial() {
        int base = any();
        int value = (base + 1 + random.nextInt(29)) % 31;
        constant(base, 0x0900_0000L);
        constant(value, 0x381); // enabled, transmit, receive, loopback
        emit(0xb900_0000 | 0x30 / 4 << 10 | base << 5 | value);
        constant(value, 0x7ff);
        emit(0xb900_0000 | 0x38 / 4 << 10 | base << 5 | value);
        for (int n = random.nextInt(5); n >= 0; n--) {
            emit(0xb900_0000 | random.nextInt(20) << 10 | base << 5 | value);
        }
        emit(0xb900_0000 | base << 5 | value);
    }

    /** Overwrites instructions, its own block's too. */
    private void modifyCode() {
        int base = any();
        int value = (base + 1 + random.nextInt(29)) % 31;
        if (chance(50)) {
            emit(0x1000_0000 | (random.nextInt(-16, 16) & 0x7ffff) << 5 | base); // adr
        } else {
            constant(base, BASE + CODE + random.nextInt((TABLES - CODE) / 4) * 4L);
        }
        constant(value, chance(50) ? 0xd503_201fL : random.nextInt() & 0xffff_ffffL);
        emit(0xb900_0000 | base << 5 | value);
        if (chance(60)) {
            emit(0xd50b_7520 | base); // ic ivau
        }
        if (chance(60)) {
            emit(0xd503_3fdf); // isb
        }
    }

    /** ERET with any target state: EL0, AArch32, illegal modes. */
    private void leave() {
        int register = any();
        long[] states = {
            0, 0x3c0, 0x10, 0x30, 0x1d0, 0x13, 0x1f, 0x3c5, 0x304, 5, 4, 9, 0xd, 1, 0x20_0000, 0x10_0005, 0xf000_0010L
        };
        constant(register, chance(80) ? states[random.nextInt(states.length)] : random.nextLong());
        emit(0xd518_4000 | register); // msr spsr_el1
        constant(register, chance(80) ? BASE + CODE + random.nextInt((TABLES - CODE) / 4) * 4L : place());
        emit(0xd518_4020 | register); // msr elr_el1
        emit(0xd69f_03e0);
    }

    private void timer() {
        int register = any();
        constant(register, chance(80) ? random.nextInt(2000) : random.nextLong());
        msr(HostileTargets.register(3, 3, 14, 2 + random.nextInt(2), 0), register);
        constant(register, chance(80) ? 1 : random.nextInt(8));
        msr(HostileTargets.register(3, 3, 14, 2 + random.nextInt(2), 1), register);
        emit(0xd503_42ff); // msr daifclr, #2
    }

    private void maintenance() {
        int register = any();
        constant(register, chance(50) ? place() >>> 12 : random.nextLong());
        int first = HostileTargets.FIRST_INSTRUCTION;
        emit(0xd500_0000
                | HostileTargets.REGISTERS[first + random.nextInt(HostileTargets.REGISTERS.length - first)]
                | register);
    }

    /** Changes a live page table. */
    private void descriptor() {
        int base = any();
        int value = (base + 1 + random.nextInt(29)) % 31;
        constant(base, BASE + TABLES + random.nextInt((SIZE - TABLES) / 8) * 8L);
        constant(value, entry(random.nextInt(8)));
        emit(0xf900_0000 | base << 5 | value);
    }

    private void exclusive() {
        int base = any();
        constant(base, place() & (chance(80) ? -16 : -1));
        int size = random.nextInt(4) << 30;
        emit(0x885f_7c00 & 0x3fff_ffff | size | base << 5 | any());
        emit(0x8800_7c00 & 0x3fff_ffff | size | any() << 16 | base << 5 | any());
    }

    private long entry(int index) {
        if (index < 2 && chance(90)) {
            return (long) index << 30 | 0x705; // identity block: 1 GiB at level 1
        }
        long attributes = random.nextLong() & 0xfff0_0000_0000_0ffcL;
        long output = chance(60) ? 0x4000_0000L + (random.nextInt(0x1000) << 12) : place() & 0xffff_ffff_f000L;
        return switch (random.nextInt(6)) {
            case 0 -> BASE + TABLES + random.nextInt(8) * 0x1000L | 3;
            case 1 -> output | 0x703;
            case 2 -> output & -0x20_0000L | 0x701;
            case 3 -> output | attributes | 3;
            case 4 -> output & -0x20_0000L | attributes | 1;
            default -> random.nextLong();
        };
    }

    private void tables() {
        image.limit(SIZE).position(TABLES);
        for (int i = 0; image.remaining() >= 8; i++) {
            image.putLong(entry(i % TABLE_ENTRIES));
        }
    }
}
