package org.shyperlab.hypervisor.code;

/** RV64: register r is x(18 + r), s2 to s11; t0 to t2 are the assembler's own. Images are loaded at 0x80200000. */
public final class Rv64Assembler extends Assembler {
    private static final int FIRST = 18;
    private static final int T0 = 5;
    private static final int T1 = 6;
    private static final int A0 = 10;
    private static final int A7 = 17;
    private static final int STVEC = 0x105;
    private static final int SEPC = 0x141;
    private static final int TIME = 0xc01;
    private static final long HYPERCALLS = 0x0a00_0000L;

    /** An empty image. */
    public Rv64Assembler() {
        super(0x8020_0000L);
    }

    private static int x(int register) {
        return FIRST + register;
    }

    @Override
    public long ram() {
        return 0x8000_0000L;
    }

    /** lui, addiw, slli and addi into x{@code n}. */
    public void constantX(int n, long value) {
        if (value == (int) value) {
            int low = (int) value << 20 >> 20;
            int high = (int) value - low;
            if (high != 0) {
                word(high | n << 7 | 0x37);
            }
            word(low << 20 | (high == 0 ? 0 : n) << 15 | n << 7 | 0x1b);
            return;
        }
        long low = value << 52 >> 52;
        long high = value - low >> 12;
        int shift = Long.numberOfTrailingZeros(high);
        constantX(n, high >> shift);
        word(shift + 12 << 20 | n << 15 | 1 << 12 | n << 7 | 0x13);
        if (low != 0) {
            word((int) low << 20 | n << 15 | n << 7 | 0x13);
        }
    }

    @Override
    public void constant(int register, long value) {
        constantX(x(register), value);
    }

    @Override
    public void load(int width, int register, int baseRegister, int offset) {
        int log = Integer.numberOfTrailingZeros(width);
        int function = width == 8 ? log : log + 4;
        word(offset << 20 | x(baseRegister) << 15 | function << 12 | x(register) << 7 | 0x03);
    }

    @Override
    public void store(int width, int register, int baseRegister, int offset) {
        storeX(width, x(register), x(baseRegister), offset);
    }

    /** Stores x{@code n}. */
    public void storeX(int width, int n, int baseN, int offset) {
        int log = Integer.numberOfTrailingZeros(width);
        word(offset >> 5 << 25 | n << 20 | baseN << 15 | log << 12 | (offset & 31) << 7 | 0x23);
    }

    private void three(int operation, int register, int a, int b) {
        word(operation | x(b) << 20 | x(a) << 15 | x(register) << 7);
    }

    @Override
    public void add(int register, int a, int b) {
        three(0x0000_0033, register, a, b);
    }

    @Override
    public void xor(int register, int a, int b) {
        three(0x0000_4033, register, a, b);
    }

    @Override
    public void multiply(int register, int a, int b) {
        three(0x0200_0033, register, a, b);
    }

    @Override
    public void increase(int register, int a, int small) {
        word(small << 20 | x(a) << 15 | x(register) << 7 | 0x13);
    }

    /** csrrw x0, csr, x{@code n}. */
    public void writeCsr(int csr, int n) {
        word(csr << 20 | n << 15 | 1 << 12 | 0x73);
    }

    /** csrrs x{@code n}, csr, x0. */
    public void readCsr(int csr, int n) {
        word(csr << 20 | 2 << 12 | n << 7 | 0x73);
    }

    /** csrrw into a register, with zero: what claims an interrupt at stopei. */
    public void swapCsr(int csr, int register) {
        word(csr << 20 | 1 << 12 | x(register) << 7 | 0x73);
    }

    @Override
    public void readCounter(int register) {
        readCsr(TIME, x(register));
    }

    @Override
    public void waitForInterrupt() {
        word(0x1050_0073);
    }

    @Override
    public void yield() {
        word(0x0000_0013); // nop
    }

    @Override
    public void hypercall(long code, long... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            constantX(A0 + i, arguments[i]);
        }
        call(code);
    }

    @Override
    public void hypercallOf(long code, int... registers) {
        for (int i = 0; i < registers.length; i++) {
            word(x(registers[i]) << 15 | A0 + i << 7 | 0x13); // mv
        }
        call(code);
    }

    private void call(long code) {
        ecall(HYPERCALLS | code);
        word(A0 << 15 | FIRST << 7 | 0x13); // mv s2, a0
    }

    /** ecall with a7. */
    public void ecall(long extension) {
        constantX(A7, extension);
        word(0x0000_0073);
    }

    @Override
    public void skipFaults() {
        Label begin = label();
        jump(begin);
        int handler = position();
        readCsr(SEPC, T1);
        word(4 << 20 | T1 << 15 | T1 << 7 | 0x13);
        writeCsr(SEPC, T1);
        word(0x1020_0073); // sret
        place(begin);
        constantX(T0, address(handler));
        writeCsr(STVEC, T0);
    }

    @Override
    void jumpTo(int from, int to) {
        int distance = to - from;
        word((distance >> 20 & 1) << 31
                | (distance >> 1 & 0x3ff) << 21
                | (distance >> 11 & 1) << 20
                | (distance >> 12 & 0xff) << 12
                | 0x6f);
    }

    @Override
    void jumpWhen(boolean equal, int a, int b, Label target) {
        // bne or beq over the jump
        word(x(b) << 20 | x(a) << 15 | (equal ? 1 : 0) << 12 | 8 << 7 | 0x63);
        jump(target);
    }
}
