package org.shyperlab.emulator.engine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.NativeLibraryException;

/**
 * One Capstone 5 disassembler. It lives as long as the JVM does, so make one per instruction set. Safe for several threads.
 */
public final class Capstone {
    /** {@code CS_ARCH_ARM64} of Capstone 5, which is little-endian A64 with mode 0. */
    private static final int ARCH_ARM64 = 1;

    /** {@code CS_ARCH_RISCV} of Capstone 5. */
    private static final int ARCH_RISCV = 15;

    /** {@code CS_MODE_RISCV64 | CS_MODE_RISCVC}. */
    private static final int MODE_RV64_COMPRESSED = 2 | 4;

    /** {@code struct cs_insn} of Capstone 5: offsets of the fields that are read, and the whole size. */
    private static final int INSN_LENGTH = 16;

    private static final int INSN_MNEMONIC = 42;
    private static final int INSN_OPERANDS = 74;
    private static final int INSN_BYTES = 248;

    private final MethodHandle disassemble;
    private final long handle;
    private final MemorySegment instruction;
    private final MemorySegment code = Arena.global().allocate(JAVA_INT);
    /** The three in-out parameters of cs_disasm_iter: pointer to the code, bytes left, address. */
    private final MemorySegment cursor = Arena.global().allocate(JAVA_LONG, 3);

    private Capstone(NativeLibraries.Found library, int architecture, int mode) throws Throwable {
        MemorySegment result = Arena.global().allocate(JAVA_LONG);
        int error = (int)
                (long) library.function("cs_open", 3).invokeExact((long) architecture, (long) mode, result.address());
        if (error != 0) {
            throw new NativeLibraryException("%s cannot be used: cs_open of architecture %d fails with error %d."
                    .formatted(library.path(), architecture, error));
        }
        handle = result.get(JAVA_LONG, 0);
        long address = (long) library.function("cs_malloc", 1).invokeExact(handle);
        instruction = MemorySegment.ofAddress(address).reinterpret(INSN_BYTES);
        disassemble = library.function("cs_disasm_iter", 5);
    }

    /**
     * A disassembler of A64 code.
     *
     * @throws NativeLibraryException when the library is missing, or does not pass the self-check
     */
    public static Capstone a64() {
        return open(ARCH_ARM64, 0, 0xd4024682, "hvc #0x1234");
    }

    /**
     * A disassembler of RV64GC code.
     *
     * @throws NativeLibraryException when the library is missing, or does not pass the self-check
     */
    public static Capstone rv64() {
        return open(ARCH_RISCV, MODE_RV64_COMPRESSED, 0x00c5_a223, "sw a2, 4(a1)");
    }

    /** Opens one; the text of a word tells whether the fields of the result are where they are expected. */
    private static Capstone open(int architecture, int mode, int probe, String probeText) {
        NativeLibraries.Found library = NativeLibraries.system().open(NativeLibrary.CAPSTONE);
        Capstone capstone;
        try {
            capstone = new Capstone(library, architecture, mode);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a call into C does not throw", e);
        }
        String text = capstone.text(probe, Integer.BYTES, 0);
        if (!probeText.equals(text)) {
            throw new NativeLibraryException("%s cannot be used: it disassembles 0x%08x as \"%s\" instead of \"%s\"."
                    .formatted(library.path(), probe, text, probeText));
        }
        return capstone;
    }

    /**
     * Mnemonic and operands of one instruction; null when it is none.
     *
     * @param word its bits
     * @param length how many of its bytes count, from the lowest
     * @param pc its address
     */
    public synchronized @Nullable String text(int word, int length, long pc) {
        code.set(JAVA_INT, 0, word);
        cursor.setAtIndex(JAVA_LONG, 0, code.address());
        cursor.setAtIndex(JAVA_LONG, 1, length);
        cursor.setAtIndex(JAVA_LONG, 2, pc);
        if (!disassembleNext() || instruction.get(JAVA_SHORT_UNALIGNED, INSN_LENGTH) != length) {
            return null;
        }
        String operands = instruction.getString(INSN_OPERANDS);
        String mnemonic = instruction.getString(INSN_MNEMONIC);
        return operands.isEmpty() ? mnemonic : mnemonic + " " + operands;
    }

    private boolean disassembleNext() {
        try {
            long at = cursor.address();
            long done = (long) disassemble.invokeExact(handle, at, at + 8, at + 16, instruction.address());
            // A C bool: only the low byte counts.
            return (byte) done != 0;
        } catch (Throwable e) {
            throw new AssertionError("a call into C does not throw", e);
        }
    }
}
