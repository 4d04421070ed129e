package org.shyperlab.hypervisor.code;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a small guest, the same source for both architectures. Registers are numbered from 0 to {@link #REGISTERS} - 1; numbers of the
 * architecture's own are for {@link #word}. What is written is the image from its first byte on, where the guest is entered.
 */
public abstract class Assembler {
    /** Number of registers. */
    public static final int REGISTERS = 10;

    private record Jump(int position, Label target) {}

    private final long base;
    private final ByteBuffer code = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    private final List<Jump> jumps = new ArrayList<>();
    private int end;

    /** An empty image that is loaded at {@code base}. */
    Assembler(long base) {
        this.base = base;
    }

    /** For {@code aarch64} or {@code riscv64…}. */
    public static Assembler of(String architecture) {
        return architecture.equals("aarch64") ? new A64Assembler() : new Rv64Assembler();
    }

    // ---- what the architectures add ----

    /** The start of the guest's RAM. */
    public abstract long ram();

    /** A number into a register. */
    public abstract void constant(int register, long value);

    /** Loads {@code width} bytes, zero-extended; {@code offset} a multiple of the width below 2048. */
    public abstract void load(int width, int register, int baseRegister, int offset);

    /** Stores {@code width} bytes; {@code offset} as for loads. */
    public abstract void store(int width, int register, int baseRegister, int offset);

    /** {@code register = a + b}. */
    public abstract void add(int register, int a, int b);

    /** {@code register = a ^ b}. */
    public abstract void xor(int register, int a, int b);

    /** {@code register = a * b}. */
    public abstract void multiply(int register, int a, int b);

    /** {@code register = a + small}, from 0 to 2047. */
    public abstract void increase(int register, int a, int small);

    /** Reads the guest's counter. */
    public abstract void readCounter(int register);

    /** WFI. */
    public abstract void waitForInterrupt();

    /** Sleeps, or not, until the next turn of whoever else may run here. */
    public abstract void yield();

    /** A hypercall of Rust-Shyper with constant arguments; its result is in register 0. */
    public abstract void hypercall(long code, long... arguments);

    /** As {@link #hypercall}, with x0 (a0) and so on from registers. */
    public abstract void hypercallOf(long code, int... registers);

    /** Exceptions go back behind the instruction at fault. */
    public abstract void skipFaults();

    abstract void jumpTo(int from, int to);

    abstract void jumpWhen(boolean equal, int a, int b, Label target);

    // ---- what all have ----

    /** A place that is named later, by {@link #place}. */
    public final Label label() {
        return new Label();
    }

    /** The label stands here. */
    public final void place(Label label) {
        label.position = position();
    }

    /** A label that stands here. */
    public final Label here() {
        Label label = label();
        place(label);
        return label;
    }

    /** Jumps always. */
    public final void jump(Label target) {
        jumps.add(new Jump(position(), target));
        word(0);
    }

    /** Jumps when two registers have the same value. */
    public final void jumpIfEqual(int a, int b, Label target) {
        jumpWhen(true, a, b, target);
    }

    /** Jumps when two registers have different values. */
    public final void jumpIfDifferent(int a, int b, Label target) {
        jumpWhen(false, a, b, target);
    }

    /** {@code value} at {@code address}; uses registers {@code a} and {@code b}. */
    public final void poke(int width, long address, long value, int a, int b) {
        constant(a, address);
        constant(b, value);
        store(width, b, a, 0);
    }

    /** An instruction, or data. */
    public final void word(int... words) {
        for (int word : words) {
            code.putInt(word);
        }
        end = Math.max(end, code.position());
    }

    /** Where the next word goes, from the start of the image. */
    public final int position() {
        return code.position();
    }

    /** The next word goes there. */
    public final void moveTo(int position) {
        code.position(position);
    }

    /** The address of a place in the image. */
    public final long address(int position) {
        return base + position;
    }

    /** The image, with all jumps filled in. */
    public final byte[] image() {
        int position = code.position();
        for (Jump jump : jumps) {
            if (jump.target.position == Label.UNKNOWN) {
                throw new IllegalStateException("a jump at 0x%x to nowhere".formatted(jump.position));
            }
            code.position(jump.position);
            jumpTo(jump.position, jump.target.position);
        }
        code.position(position);
        byte[] image = new byte[end];
        code.get(0, image);
        return image;
    }
}
