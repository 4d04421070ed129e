package org.shyperlab.emulator.device;

import java.util.ArrayList;
import java.util.List;

/**
 * One row of a {@link RegisterMap}: a 32-bit register, or a run of {@link #count} alike registers at consecutive words.
 *
 * <p>Rows are made with the factories and refined with the methods that return a changed copy.
 *
 * @param offset byte offset of the first register from the window's start
 * @param name the manual's name; a run's registers are called name0, name1, …
 * @param access what reads and writes do
 * @param count how many registers the run has
 * @param sizes sum of the allowed access sizes in bytes: {@link #WORD_ONLY}, {@link #BYTE_OR_WORD}, {@link #ANY_SIZE} or
 *     {@link #WORD_OR_DOUBLEWORD}
 * @param reset value after reset; meaningless if {@link #resetVaries}
 * @param resetVaries whether the value after reset differs between the run's registers, the cores or with time
 * @param fields the implemented bits; a row without fields implements all 32
 * @param reader gives the value
 * @param writer takes the value
 */
public record Register(
        int offset,
        String name,
        Access access,
        int count,
        int sizes,
        int reset,
        boolean resetVaries,
        List<Field> fields,
        Reader reader,
        Writer writer) {

    /** Only aligned 32-bit accesses. */
    public static final int WORD_ONLY = 4;
    /** Bytes and aligned words, as the GIC's priority and target registers. */
    public static final int BYTE_OR_WORD = 1 | 4;
    /** Bytes, halfwords and words, as PrimeCell peripherals on an APB bridge. */
    public static final int ANY_SIZE = 1 | 2 | 4;
    /** Words and aligned doublewords, for pairs of rows that are one 64-bit register: of either half, or of both. */
    public static final int WORD_OR_DOUBLEWORD = 4 | 8;

    /** What reads and writes of a register do. */
    public enum Access {
        /** Holds what was written. A narrow write changes only the bytes written. */
        READ_WRITE("RW"),
        /** Writes are ignored and reported. */
        READ_ONLY("RO"),
        /** Reads as zero, and the read is reported. */
        WRITE_ONLY("WO"),
        /** Reads show a state, writes act on it (write one to set or clear, FIFOs): bytes not written count as zero. */
        WRITE_ACTS("RW-acts"),
        /** Not modelled: reads as zero, ignores writes, and reports both. */
        NOT_MODELLED("RAZ/WI");

        private final String label;

        Access(String label) {
            this.label = label;
        }

        /** The short form in listings. */
        public String label() {
            return label;
        }
    }

    /** Gives a register's value. */
    @FunctionalInterface
    public interface Reader {
        /** Value of register {@code n} of the run, for core {@code core} (0 when no core made the access). */
        int read(int core, int n);
    }

    /** Takes a register's new value. */
    @FunctionalInterface
    public interface Writer {
        /** Writes register {@code n} of the run as core {@code core}. Bits that no writable field covers arrive as zero. */
        void write(int core, int n, int value);
    }

    /**
     * Implemented bits of a register.
     *
     * @param name the manual's name
     * @param high most significant bit
     * @param low least significant bit
     * @param writable whether writes reach these bits
     */
    public record Field(String name, int high, int low, boolean writable) {
        /** Checks the range. */
        public Field {
            if (low < 0 || high > 31 || high < low) {
                throw new IllegalArgumentException(name + ": bits " + high + ":" + low);
            }
        }

        /** Name and bits, for example {@code WLEN[6:5]}; fields that software only reads say so. */
        String describe() {
            String bits = high == low ? "[" + low + "]" : "[" + high + ":" + low + "]";
            return name + bits + (writable ? "" : " RO");
        }

        /** The field's bits in place. */
        public int mask() {
            return -1 >>> (31 - (high - low)) << low;
        }
    }

    private static final Reader ZERO = (core, n) -> 0;
    private static final Writer IGNORE = (core, n, value) -> {};

    private static Register of(int offset, String name, Access access, Reader reader, Writer writer) {
        return new Register(offset, name, access, 1, WORD_ONLY, 0, false, List.of(), reader, writer);
    }

    /** A register that holds what was written to it. */
    public static Register readWrite(int offset, String name, Reader reader, Writer writer) {
        return of(offset, name, Access.READ_WRITE, reader, writer);
    }

    /** A register that software only reads. */
    public static Register readOnly(int offset, String name, Reader reader) {
        return of(offset, name, Access.READ_ONLY, reader, IGNORE);
    }

    /** A register that software only writes. */
    public static Register writeOnly(int offset, String name, Writer writer) {
        return of(offset, name, Access.WRITE_ONLY, ZERO, writer);
    }

    /** A register whose writes act on what its reads show. */
    public static Register writeActs(int offset, String name, Reader reader, Writer writer) {
        return of(offset, name, Access.WRITE_ACTS, reader, writer);
    }

    /** An identification register. */
    public static Register constant(int offset, String name, int value) {
        return of(offset, name, Access.READ_ONLY, (core, n) -> value, IGNORE).resetsTo(value);
    }

    /** A register that the manual has and this model has not. */
    public static Register notModelled(int offset, String name) {
        return of(offset, name, Access.NOT_MODELLED, ZERO, IGNORE);
    }

    /** This row as a run of {@code count} registers at consecutive words. */
    public Register times(int count) {
        return new Register(offset, name, access, count, sizes, reset, resetVaries, fields, reader, writer);
    }

    /** This row with other allowed access sizes. */
    public Register sizes(int sizes) {
        return new Register(offset, name, access, count, sizes, reset, resetVaries, fields, reader, writer);
    }

    /** This row with a reset value other than zero. */
    public Register resetsTo(int reset) {
        return new Register(offset, name, access, count, sizes, reset, false, fields, reader, writer);
    }

    /** This row, its reset value depending on the register of the run, the core or the time. */
    public Register withVaryingReset() {
        return new Register(offset, name, access, count, sizes, 0, true, fields, reader, writer);
    }

    /** This row with one more implemented field. */
    public Register field(String name, int high, int low) {
        return with(new Field(name, high, low, true));
    }

    /** This row with one more implemented field, which ignores writes. */
    public Register readOnlyField(String name, int high, int low) {
        return with(new Field(name, high, low, false));
    }

    private Register with(Field field) {
        List<Field> more = new ArrayList<>(fields);
        more.add(field);
        return new Register(offset, name, access, count, sizes, reset, resetVaries, List.copyOf(more), reader, writer);
    }

    /** Bits that read as something; all others read as zero. */
    public int readMask() {
        int mask = fields.isEmpty() ? -1 : 0;
        for (Field field : fields) {
            mask |= field.mask();
        }
        return mask;
    }

    /** Bits that writes reach; writes to all others are ignored. */
    public int writeMask() {
        int mask = fields.isEmpty() ? -1 : 0;
        for (Field field : fields) {
            mask |= field.writable() ? field.mask() : 0;
        }
        return mask;
    }

    /** Name of register {@code n} of the run. */
    public String name(int n) {
        return count == 1 ? name : name + n;
    }

    /** First byte offset after the run. */
    public int end() {
        return offset + 4 * count;
    }

    /** One line about this row for people, for example {@code 0x034 UARTIFLS RW reset 0x12: TXIFLSEL[2:0], RXIFLSEL[5:3]}. */
    public String describe() {
        StringBuilder line = new StringBuilder("0x%03x %s".formatted(offset, name));
        if (count > 1) {
            line.append("0-").append(count - 1);
        }
        line.append(' ').append(access.label());
        if (!resetVaries && access != Access.WRITE_ONLY && access != Access.NOT_MODELLED) {
            line.append(" reset 0x").append(Integer.toHexString(reset));
        }
        String separator = ": ";
        for (Field field : fields) {
            line.append(separator).append(field.describe());
            separator = ", ";
        }
        return line.toString();
    }
}
