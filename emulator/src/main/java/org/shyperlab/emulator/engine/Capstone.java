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

    /** {@code struct cs_insn} of Capstone 5: offsets of the fields that are read, and the whole size. */
    private static final int INSN_LENGTH = 16;

    private static final int INSN_MNEMONIC = 42;
    private static final int INSN_OPERANDS = 74;
    private static final int INSN_BYTES = 248;

    /** {@code hvc #0x1234}: tells at the start whether fields are where they are expected. */
    private static final int PROBE_WORD = 0xd4024682;

    private static final String PROBE_TEXT = "hvc #0x1234";

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
        NativeLibraries.Found library = NativeLibraries.system().open(NativeLibrary.CAPSTONE);
        Capstone capstone;
        try {
            capstone = new Capstone(library, ARCH_ARM64, 0);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a call into C does not throw", e);
        }
        String text = capstone.text(PROBE_WORD, 0);
        if (!PROBE_TEXT.equals(text)) {
            throw new NativeLibraryException("%s cannot be used: it disassembles 0x%08x as \"%s\" instead of \"%s\"."
                    .formatted(library.path(), PROBE_WORD, text, PROBE_TEXT));
        }
        return capstone;
    }

    /** Mnemonic and operands of the instruction {@code word} at {@code pc}; null when it is none. */
    public synchronized @Nullable String text(int word, long pc) {
        code.set(JAVA_INT, 0, word);
        cursor.setAtIndex(JAVA_LONG, 0, code.address());
        cursor.setAtIndex(JAVA_LONG, 1, Integer.BYTES);
        cursor.setAtIndex(JAVA_LONG, 2, pc);
        if (!disassembleNext() || instruction.get(JAVA_SHORT_UNALIGNED, INSN_LENGTH) != Integer.BYTES) {
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
