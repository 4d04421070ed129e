package org.shyperlab.emulator.debug;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.NativeLibraryException;
import org.shyperlab.emulator.debug.riscv64.Rv64Instructions;
import org.shyperlab.emulator.engine.Capstone;

/**
 * Machine code in words. Where Capstone is missing or does not know an instruction, the text is {@code .word 0x…}: a report or trace
 * is worth having without it, so a missing Capstone never fails a run ({@code shyper doctor} tells of it).
 */
public final class Disassembler {
    private static final Map<InstructionSet, Disassembler> SHARED = new EnumMap<>(InstructionSet.class);

    private final InstructionSet instructionSet;
    private final @Nullable Capstone capstone;

    private Disassembler(InstructionSet instructionSet, @Nullable Capstone capstone) {
        this.instructionSet = instructionSet;
        this.capstone = capstone;
    }

    /** The disassembler of an instruction set. The first call opens Capstone. */
    public static Disassembler of(InstructionSet instructionSet) {
        synchronized (SHARED) {
            return SHARED.computeIfAbsent(instructionSet, Disassembler::make);
        }
    }

    private static Disassembler make(InstructionSet instructionSet) {
        try {
            return new Disassembler(
                    instructionSet,
                    switch (instructionSet) {
                        case A64 -> Capstone.a64();
                        case RV64 -> Capstone.rv64();
                    });
        } catch (NativeLibraryException missing) {
            return withoutCapstone(instructionSet);
        }
    }

    /** What there is when Capstone is missing. */
    static Disassembler withoutCapstone(InstructionSet instructionSet) {
        return new Disassembler(instructionSet, null);
    }

    /** Whether Capstone is there, so that instructions have names. */
    public boolean knowsInstructions() {
        return capstone != null;
    }

    /**
     * The instruction {@code word} at {@code pc}, for example {@code str w3, [x1, #4]}. Of a compressed instruction the lower half
     * counts.
     */
    public String at(int word, long pc) {
        int length = instructionSet.length(word);
        String text = capstone == null ? null : capstone.text(word, length, pc);
        if (instructionSet == InstructionSet.RV64) {
            text = Rv64Instructions.improve(text, word, pc);
        }
        if (text == null) {
            return "%s 0x%s".formatted(length == 4 ? ".word" : ".half", bits(instructionSet, word));
        }
        return text;
    }

    /** The instruction's bits as hexadecimal digits, as many as it has. */
    static String bits(InstructionSet instructionSet, int word) {
        return instructionSet.length(word) == 4 ? "%08x".formatted(word) : "%04x".formatted(word & 0xffff);
    }
}
