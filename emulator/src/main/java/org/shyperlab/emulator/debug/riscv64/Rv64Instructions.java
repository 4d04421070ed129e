package org.shyperlab.emulator.debug.riscv64;

import org.jspecify.annotations.Nullable;

/**
 * What Capstone 5 does not know of RV64, or tells otherwise than one wants to read it: the hypervisor's instructions, CSRs by name, and
 * branch targets as addresses.
 */
public final class Rv64Instructions {
    private static final int BRANCH = 0x63;
    private static final int JUMP = 0x6f;
    private static final int SYSTEM = 0x73;
    private static final int COMPRESSED_JUMP = 5;
    private static final int FUNCT7_AND_TARGET = 0xfe00_7fff;
    private static final int ALL_BUT_SOURCE_AND_TARGET = 0xfff0_707f;
    private static final int ALL_BUT_SOURCE = 0xfff0_7fff;
    private static final int ALL = -1;
    private static final int COUNTER_READS = 0xc00;
    private static final String[] COUNTERS = {"rdcycle", "rdtime", "rdinstret"};
    private static final String[] CSR_OPERATIONS = {"", "w", "s", "c", "", "wi", "si", "ci"};

    /** Which registers an instruction names, and how. */
    private enum Operands {
        NONE,
        FENCE,
        LOAD,
        STORE,
        ADDRESS
    }

    /** One instruction: the bits that {@code mask} chooses are {@code match}. */
    private record Form(String name, int match, int mask, Operands operands) {}

    private static final Form[] FORMS = {
        new Form("sinval.vma", 0x1600_0073, FUNCT7_AND_TARGET, Operands.FENCE),
        new Form("sfence.w.inval", 0x1800_0073, ALL, Operands.NONE),
        new Form("sfence.inval.ir", 0x1810_0073, ALL, Operands.NONE),
        new Form("hfence.vvma", 0x2200_0073, FUNCT7_AND_TARGET, Operands.FENCE),
        new Form("hinval.vvma", 0x2600_0073, FUNCT7_AND_TARGET, Operands.FENCE),
        new Form("hfence.gvma", 0x6200_0073, FUNCT7_AND_TARGET, Operands.FENCE),
        new Form("hinval.gvma", 0x6600_0073, FUNCT7_AND_TARGET, Operands.FENCE),
        new Form("hlv.b", 0x6000_4073, ALL_BUT_SOURCE_AND_TARGET, Operands.LOAD),
        new Form("hlv.bu", 0x6010_4073, ALL_BUT_SOURCE_AND_TARGET, Operands.LOAD),
        new Form("hlv.h", 0x6400_4073, ALL_BUT_SOURCE_AND_TARGET, Operands.LOAD),
        new Form("hlv.hu", 0x6410_4073, ALL_BUT_SOURCE_AND_TARGET, Operands.LOAD),
        new Form("hlvx.hu", 0x6430_4073, ALL_BUT_SOURCE_AND_TARGET, Operands.LOAD),
        new Form("hlv.w", 0x6800_4073, ALL_BUT_SOURCE_AND_TARGET, Operands.LOAD),
        new Form("hlv.wu", 0x6810_4073, ALL_BUT_SOURCE_AND_TARGET, Operands.LOAD),
        new Form("hlvx.wu", 0x6830_4073, ALL_BUT_SOURCE_AND_TARGET, Operands.LOAD),
        new Form("hlv.d", 0x6c00_4073, ALL_BUT_SOURCE_AND_TARGET, Operands.LOAD),
        new Form("hsv.b", 0x6200_4073, FUNCT7_AND_TARGET, Operands.STORE),
        new Form("hsv.h", 0x6600_4073, FUNCT7_AND_TARGET, Operands.STORE),
        new Form("hsv.w", 0x6a00_4073, FUNCT7_AND_TARGET, Operands.STORE),
        new Form("hsv.d", 0x6e00_4073, FUNCT7_AND_TARGET, Operands.STORE),
        new Form("wrs.nto", 0x00d0_0073, ALL, Operands.NONE),
        new Form("wrs.sto", 0x01d0_0073, ALL, Operands.NONE),
        new Form("pause", 0x0100_000f, ALL, Operands.NONE),
        new Form("cbo.inval", 0x0000_200f, ALL_BUT_SOURCE, Operands.ADDRESS),
        new Form("cbo.clean", 0x0010_200f, ALL_BUT_SOURCE, Operands.ADDRESS),
        new Form("cbo.flush", 0x0020_200f, ALL_BUT_SOURCE, Operands.ADDRESS),
        new Form("cbo.zero", 0x0040_200f, ALL_BUT_SOURCE, Operands.ADDRESS),
    };

    private Rv64Instructions() {}

    /**
     * The better text of an instruction.
     *
     * @param text what Capstone says; null when it says nothing
     * @param word the instruction; of a compressed one the lower half counts
     */
    public static @Nullable String improve(@Nullable String text, int word, long pc) {
        if ((word & 3) == 3) {
            for (Form form : FORMS) {
                if ((word & form.mask()) == form.match()) {
                    return text(form, word);
                }
            }
            if ((word & 0x7f) == SYSTEM && (word >>> 12 & 3) != 0) {
                return csr(word);
            }
        }
        return text == null || !isBranch(word) ? text : withTarget(text, pc);
    }

    private static String text(Form form, int word) {
        String target = Registers.general(word >>> 7 & 31);
        String first = Registers.general(word >>> 15 & 31);
        String second = Registers.general(word >>> 20 & 31);
        return form.name()
                + switch (form.operands()) {
                    case NONE -> "";
                    case FENCE -> " %s, %s".formatted(first, second);
                    case LOAD -> " %s, (%s)".formatted(target, first);
                    case STORE -> " %s, (%s)".formatted(second, first);
                    case ADDRESS -> " (%s)".formatted(first);
                };
    }

    /** An access to a CSR, by the assembler's short form where there is one. */
    private static String csr(int word) {
        int number = word >>> 20;
        int target = word >>> 7 & 31;
        int source = word >>> 15 & 31;
        int function = word >>> 12 & 7;
        String csr = ControlRegisters.name(number);
        String value = function >= 5 ? Integer.toString(source) : Registers.general(source);
        String operation = CSR_OPERATIONS[function];
        if (function == 2 && source == 0) {
            return number >= COUNTER_READS && number < COUNTER_READS + COUNTERS.length
                    ? "%s %s".formatted(COUNTERS[number - COUNTER_READS], Registers.general(target))
                    : "csrr %s, %s".formatted(Registers.general(target), csr);
        }
        return target == 0
                ? "csr%s %s, %s".formatted(operation, csr, value)
                : "csrr%s %s, %s, %s".formatted(operation, Registers.general(target), csr, value);
    }

    private static boolean isBranch(int word) {
        if ((word & 3) == 3) {
            int opcode = word & 0x7f;
            return opcode == BRANCH || opcode == JUMP;
        }
        // c.j, c.beqz and c.bnez
        return (word & 3) == 1 && (word >>> 13 & 7) >= COMPRESSED_JUMP;
    }

    /** Capstone's last operand is the distance. */
    private static String withTarget(String text, long pc) {
        int operand = text.lastIndexOf(' ') + 1;
        return text.substring(0, operand) + "0x%x".formatted(pc + Long.decode(text.substring(operand)));
    }
}
