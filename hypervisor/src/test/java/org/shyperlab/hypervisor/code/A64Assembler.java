package org.shyperlab.hypervisor.code;

/** AArch64: register r is X(19 + r); X9 and X10 are the assembler's own. Images are loaded at 0x40080000. */
public final class A64Assembler extends Assembler {
    private static final int FIRST = 19;
    private static final int CODE = 7;
    private static final int RETREAT = 28;
    private static final int FIRST_VECTOR = 0x800;
    private static final int AFTER_VECTORS = 0x1000;

    /** An empty image. */
    public A64Assembler() {
        super(0x4008_0000L);
    }

    /** MSR's and MRS's bits of a system register. */
    public static int system(int op0, int op1, int crn, int crm, int op2) {
        return op0 << 19 | op1 << 16 | crn << 12 | crm << 8 | op2 << 5;
    }

    private static int x(int register) {
        return FIRST + register;
    }

    @Override
    public long ram() {
        return 0x4000_0000L;
    }

    /** movz and movk into X{@code n}. */
    public void constantX(int n, long value) {
        word(0xd280_0000 | (int) (value & 0xffff) << 5 | n);
        for (int half = 1; half < 4; half++) {
            int part = (int) (value >>> 16 * half) & 0xffff;
            if (part != 0) {
                word(0xf280_0000 | half << 21 | part << 5 | n);
            }
        }
    }

    @Override
    public void constant(int register, long value) {
        constantX(x(register), value);
    }

    private static int access(int width, int register, int baseRegister, int offset) {
        int log = Integer.numberOfTrailingZeros(width);
        return 0x3900_0000 | log << 30 | offset / width << 10 | x(baseRegister) << 5 | x(register);
    }

    @Override
    public void load(int width, int register, int baseRegister, int offset) {
        word(1 << 22 | access(width, register, baseRegister, offset));
    }

    @Override
    public void store(int width, int register, int baseRegister, int offset) {
        word(access(width, register, baseRegister, offset));
    }

    private void three(int operation, int register, int a, int b) {
        word(operation | x(b) << 16 | x(a) << 5 | x(register));
    }

    @Override
    public void add(int register, int a, int b) {
        three(0x8b00_0000, register, a, b);
    }

    @Override
    public void xor(int register, int a, int b) {
        three(0xca00_0000, register, a, b);
    }

    @Override
    public void multiply(int register, int a, int b) {
        three(0x9b00_7c00, register, a, b);
    }

    @Override
    public void increase(int register, int a, int small) {
        word(0x9100_0000 | small << 10 | x(a) << 5 | x(register));
    }

    @Override
    public void readCounter(int register) {
        word(0xd53b_e040 | x(register)); // mrs cntvct_el0
    }

    @Override
    public void waitForInterrupt() {
        word(0xd503_207f);
    }

    @Override
    public void yield() {
        word(0xd503_203f);
    }

    @Override
    public void hypercall(long code, long... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            constantX(i, arguments[i]);
        }
        call(code);
    }

    @Override
    public void hypercallOf(long code, int... registers) {
        for (int i = 0; i < registers.length; i++) {
            word(0xaa00_03e0 | x(registers[i]) << 16 | i); // mov x i, …
        }
        call(code);
    }

    private void call(long code) {
        constantX(CODE, code);
        word(0xd400_0002, 0xaa00_03e0 | FIRST); // hvc #0; mov x19, x0
    }

    /** ADR into X28 of what is written at {@code position} by now; {@code from} is where the instruction goes. */
    public void retreatTo(int from, int position) {
        int distance = position - from;
        int back = position();
        moveTo(from);
        word(0x1000_0000 | (distance >> 2 & 0x7_ffff) << 5 | RETREAT);
        moveTo(back);
    }

    /** As the others say. Where there is no instruction X28 says where to go, the start of the image at first. */
    @Override
    public void skipFaults() {
        int start = position();
        if (start > FIRST_VECTOR) {
            throw new IllegalStateException("vectors are at 2 KiB");
        }
        constantX(RETREAT, address(0));
        constantX(9, address(FIRST_VECTOR));
        msr(system(3, 0, 12, 0, 0), 9);
        word(0x1400_0000 | AFTER_VECTORS - position() >> 2);
        for (int vector = FIRST_VECTOR; vector < AFTER_VECTORS; vector += 0x80) {
            moveTo(vector);
            word(0xd538_520a, 0xd35b_fd4a, 0xf100_415f); // esr_el1: class 0x20 or 0x21, an instruction abort?
            word(0x5400_00a0); // b.eq +20
            word(0xd538_402a, 0x9100_114a, 0xd518_402a, 0xd69f_03e0); // x10 = elr_el1 + 4; eret
            word(0xd518_403c, 0xd280_78aa, 0xd518_400a, 0xd69f_03e0); // elr_el1 = x28, at EL1; eret
        }
        moveTo(AFTER_VECTORS);
    }

    /** MSR from X{@code n}. */
    public void msr(int system, int n) {
        word(0xd500_0000 | system | n);
    }

    /** MRS into X{@code n}. */
    public void mrs(int system, int n) {
        word(0xd520_0000 | system | n);
    }

    @Override
    void jumpTo(int from, int to) {
        word(0x1400_0000 | to - from >> 2 & 0x3ff_ffff);
    }

    @Override
    void jumpWhen(boolean equal, int a, int b, Label target) {
        word(0xeb00_001f | x(b) << 16 | x(a) << 5); // cmp
        word(0x5400_0000 | 2 << 5 | (equal ? 1 : 0)); // over the jump, when it is not to be taken
        jump(target);
    }
}
