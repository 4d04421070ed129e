package org.shyperlab.emulator.debug;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.NativeLibraryException;
import org.shyperlab.emulator.engine.Capstone;

/**
 * Machine code in words. Where Capstone is missing or does not know an instruction, the text is {@code .word 0x…}: a report or trace
 * is worth having without it, so a missing Capstone never fails a run ({@code shyper doctor} tells of it).
 */
public final class Disassembler {
    private static final Map<InstructionSet, Disassembler> SHARED = new EnumMap<>(InstructionSet.class);

    private final @Nullable Capstone capstone;

    Disassembler(@Nullable Capstone capstone) {
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
                    switch (instructionSet) {
                        case A64 -> Capstone.a64();
                    });
        } catch (NativeLibraryException missing) {
            return new Disassembler(null);
        }
    }

    /** Whether Capstone is there, so that instructions have names. */
    public boolean knowsInstructions() {
        return capstone != null;
    }

    /** The instruction {@code word} at {@code pc}, for example {@code str w3, [x1, #4]}. */
    public String at(int word, long pc) {
        String text = capstone == null ? null : capstone.text(word, pc);
        return text == null ? ".word 0x%08x".formatted(word) : text;
    }

    /**
     * A listing of the code that starts at {@code start}: address, word, text on each line.
     *
     * @param mark the address whose line starts with an arrow
     */
    public List<String> lines(int[] words, long start, long mark) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < words.length; i++) {
            long pc = start + 4L * i;
            lines.add("%s 0x%016x  %08x  %s".formatted(pc == mark ? "->" : "  ", pc, words[i], at(words[i], pc)));
        }
        return lines;
    }
}
