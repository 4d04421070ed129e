package org.shyperlab.hypervisor.vcpu.aarch64;

/**
 * Decoder of A64 load and store instructions (Arm ARM C4.1.94), for data aborts whose syndrome does not describe the access (ISV = 0):
 * pairs, write-back forms, vector registers. One instance is reused: {@link #decode} fills the fields.
 *
 * <p>Not decoded, because an access to an emulated device cannot honour them: exclusives, atomics, structure loads and stores, tag
 * instructions, prefetches.
 */
final class LoadStore {
    /** No second register, or no index register. */
    static final int NONE = -1;

    /** Bytes of each element: 1, 2, 4, 8, or 16 for a vector register. */
    int size;

    boolean load;
    boolean signed;

    /** Whether a loaded value fills 64 bits of the register (32 with the upper half zeroed otherwise). */
    boolean wide;

    boolean vector;
    int register;
    int second;
    int base;

    /** Index register, its extension (option field) and shift; {@link #NONE} when the offset is immediate. */
    int index;

    int extension;
    int shift;
    long offset;

    /** The base register is written back with base + offset. */
    boolean writeBack;

    /** The access is at the base alone; the offset only goes to the base register. */
    boolean postIndex;

    /** The address is relative to the program counter, without base register. */
    boolean literal;

    /** Decodes an instruction; false when it is none of the loads and stores known here. */
    boolean decode(int instruction) {
        second = NONE;
        index = NONE;
        offset = 0;
        signed = false;
        wide = true;
        writeBack = false;
        postIndex = false;
        literal = false;
        register = instruction & 31;
        base = instruction >>> 5 & 31;
        vector = (instruction & 1 << 26) != 0;
        return switch (instruction >>> 27 & 7) {
            case 0b101 -> pair(instruction);
            case 0b111 -> single(instruction);
            case 0b011 -> literal(instruction);
            case 0b001 -> ordered(instruction);
            default -> false;
        };
    }

    private static long signExtend(int value, int bits) {
        return (long) value << 64 - bits >> 64 - bits;
    }

    private boolean pair(int instruction) {
        int opc = instruction >>> 30;
        load = (instruction & 1 << 22) != 0;
        if (opc == 3 || !vector && opc == 1 && !load || (instruction & 1 << 25) != 0) {
            return false;
        }
        int mode = instruction >>> 23 & 3;
        if (vector) {
            size = 4 << opc;
        } else {
            size = opc == 2 ? 8 : 4;
            signed = opc == 1;
            wide = opc != 0;
        }
        if (mode == 0 && signed) {
            return false;
        }
        second = instruction >>> 10 & 31;
        offset = signExtend(instruction >>> 15 & 0x7f, 7) * size;
        postIndex = mode == 1;
        writeBack = mode == 1 || mode == 3;
        return true;
    }

    private boolean single(int instruction) {
        if (!width(instruction >>> 30, instruction >>> 22 & 3)) {
            return false;
        }
        int form = instruction >>> 24 & 3;
        if (form == 1) {
            offset = (long) (instruction >>> 10 & 0xfff) * size;
            return true;
        }
        if (form != 0) {
            return false;
        }
        int mode = instruction >>> 10 & 3;
        if ((instruction & 1 << 21) != 0) {
            return mode == 2 && registerOffset(instruction);
        }
        if (mode == 2 && vector) {
            return false;
        }
        offset = signExtend(instruction >>> 12 & 0x1ff, 9);
        postIndex = mode == 1;
        writeBack = mode == 1 || mode == 3;
        return true;
    }

    private boolean width(int log2, int opc) {
        if (vector) {
            boolean quad = (opc & 2) != 0;
            if (quad && log2 != 0) {
                return false;
            }
            size = quad ? 16 : 1 << log2;
            load = (opc & 1) != 0;
            return true;
        }
        size = 1 << log2;
        load = opc != 0;
        signed = opc >= 2;
        wide = opc == 2 || log2 == 3;
        // A signed load of 64 bits would be a prefetch, one of 32 bits into 32 bits does not exist.
        return !(opc == 2 && log2 == 3) && !(opc == 3 && log2 >= 2);
    }

    private boolean registerOffset(int instruction) {
        extension = instruction >>> 13 & 7;
        if ((extension & 2) == 0) {
            return false;
        }
        index = instruction >>> 16 & 31;
        shift = (instruction & 1 << 12) != 0 ? Integer.numberOfTrailingZeros(size) : 0;
        return true;
    }

    private boolean literal(int instruction) {
        int opc = instruction >>> 30;
        if (opc == 3 || (instruction >>> 24 & 3) != 0) {
            return false;
        }
        if (vector) {
            size = 4 << opc;
        } else {
            size = opc == 1 ? 8 : 4;
            signed = opc == 2;
            wide = opc != 0;
        }
        load = true;
        literal = true;
        offset = signExtend(instruction >>> 5 & 0x7ffff, 19) * 4;
        return true;
    }

    /** LDAR, STLR, LDLAR, STLLR: bit 23 set, no pair, no status register. */
    private boolean ordered(int instruction) {
        boolean exclusive = (instruction & 1 << 23) == 0;
        boolean pairOrSwap = (instruction & 1 << 21) != 0;
        boolean reserved = (instruction & 0x1f << 16) != 0x1f << 16 || (instruction & 0x1f << 10) != 0x1f << 10;
        if (vector || exclusive || pairOrSwap || reserved || (instruction >>> 24 & 3) != 0) {
            return false;
        }
        size = 1 << (instruction >>> 30);
        load = (instruction & 1 << 22) != 0;
        wide = size == 8;
        return true;
    }

    /** Applies the extension and shift of a register offset to the index register's value (ExtendReg). */
    long indexOffset(long value) {
        long extended = switch (extension) {
            case 2 -> value & 0xffff_ffffL;
            case 6 -> (int) value;
            default -> value;
        };
        return extended << shift;
    }

    /** What a loaded element looks like in its general register. */
    long extend(long value) {
        if (!signed || size == 8) {
            return value;
        }
        int unused = 64 - size * 8;
        long extended = value << unused >> unused;
        return wide ? extended : extended & 0xffff_ffffL;
    }
}
