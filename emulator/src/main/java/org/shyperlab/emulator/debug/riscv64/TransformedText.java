package org.shyperlab.emulator.debug.riscv64;

import org.shyperlab.emulator.core.riscv64.TwoStageWalker;

/** htinst in words (Privileged ISA, hypervisor extension, "Transformed Instruction or Pseudoinstruction"). */
final class TransformedText {
    private static final int TRANSFORMED = 1;
    /** Clear in a transformed instruction when the original was compressed. */
    private static final int NOT_COMPRESSED = 2;
    /** The pseudoinstructions of walks of 32-bit entries (Sv32), which no guest of an RV64 hart has. */
    private static final int READ_OF_32_BITS = 0x2000;

    private static final int WRITE_OF_32_BITS = 0x2020;
    private static final String[] AMOS = {
        "amoadd", "amoswap", "lr", "sc", "amoxor", "", "", "", "amoor", "", "", "", "amoand", "", "", "", "amomin", "",
        "", "", "amomax", "", "", "", "amominu", "", "", "", "amomaxu", "", "", ""
    };

    private TransformedText() {}

    /** What htinst tells of the access that was refused. Every value has some text. */
    static String inWords(int htinst) {
        return switch (htinst) {
            case 0 -> "no instruction is told";
            case TwoStageWalker.IMPLICIT_READ -> "the walk's read of a VS-stage entry";
            case TwoStageWalker.IMPLICIT_WRITE -> "the walk's write of a VS-stage entry's A and D bits";
            case READ_OF_32_BITS -> "the walk's read of a 32-bit VS-stage entry";
            case WRITE_OF_32_BITS -> "the walk's write of a 32-bit VS-stage entry's A and D bits";
            default -> (htinst & TRANSFORMED) == 0 ? "custom value" : transformed(htinst);
        };
    }

    private static String transformed(int htinst) {
        int offset = htinst >>> 15 & 31;
        return access(htinst | NOT_COMPRESSED)
                + ((htinst & NOT_COMPRESSED) == 0 ? ", compressed" : "")
                + (offset == 0 ? "" : ", %d bytes into a misaligned access".formatted(offset));
    }

    private static String access(int instruction) {
        int function = instruction >>> 12 & 7;
        int target = instruction >>> 7 & 31;
        int source = instruction >>> 20 & 31;
        return switch (instruction & 0x7f) {
            case 0x03 -> load(function, target);
            case 0x07 -> "load of %s into %s".formatted(bytes(function), Registers.floating(target));
            case 0x23 -> "store of %s from %s".formatted(bytes(function), Registers.general(source));
            case 0x27 -> "store of %s from %s".formatted(bytes(function), Registers.floating(source));
            case 0x2f -> atomic(instruction, function, target, source);
            case 0x73 -> "hypervisor load or store (0x%08x)".formatted(instruction);
            default -> "instruction 0x%08x".formatted(instruction);
        };
    }

    private static String load(int function, int target) {
        boolean signed = function < 3;
        return "load of %s into %s%s"
                .formatted(bytes(function & 3), Registers.general(target), signed ? " with sign extension" : "");
    }

    private static String atomic(int instruction, int function, int target, int source) {
        String name = AMOS[instruction >>> 27];
        if (name.isEmpty()) {
            return "instruction 0x%08x".formatted(instruction);
        }
        String sized = "%s of %s".formatted(name, bytes(function));
        return name.equals("lr")
                ? "%s into %s".formatted(sized, Registers.general(target))
                : "%s with %s into %s".formatted(sized, Registers.general(source), Registers.general(target));
    }

    private static String bytes(int function) {
        int size = 1 << function;
        return size == 1 ? "1 byte" : size + " bytes";
    }
}
