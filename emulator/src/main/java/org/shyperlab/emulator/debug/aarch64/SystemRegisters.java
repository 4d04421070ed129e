package org.shyperlab.emulator.debug.aarch64;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.aarch64.SysReg;
import org.shyperlab.emulator.debug.ResourceTable;

/** Names of AArch64 system registers and system instructions by encoding, from the table in {@code system-registers.txt}. */
final class SystemRegisters {
    private static final Map<Integer, Row> BY_ENCODING = load();

    /**
     * One register or system instruction.
     *
     * @param encoding as {@link SysReg#encode} packs it
     * @param name the architecture's name, for example {@code TTBR0_EL1} or {@code TLBI VAE1IS}
     * @param control what EL2 traps it with; null when it has no trap
     */
    record Row(int encoding, String name, @Nullable TrapControl control) {}

    private SystemRegisters() {}

    /** The row of an encoding, or null when the table does not have it. */
    static @Nullable Row of(int encoding) {
        return BY_ENCODING.get(encoding);
    }

    /** The architecture's name, or {@code S3_0_C1_C0_0} for an encoding that the table does not have. */
    static String name(int encoding) {
        Row row = of(encoding);
        return row == null ? SysReg.genericName(encoding) : row.name();
    }

    /** All rows in the order of their encodings. */
    static Collection<Row> all() {
        return Collections.unmodifiableCollection(BY_ENCODING.values());
    }

    private static Map<Integer, Row> load() {
        Map<Integer, Row> rows = new TreeMap<>();
        for (String[] column : ResourceTable.rows(SystemRegisters.class, "system-registers.txt")) {
            Row row = parse(column);
            if (rows.put(row.encoding(), row) != null) {
                throw new IllegalStateException("system-registers.txt: two rows have the encoding of " + row.name());
            }
        }
        return rows;
    }

    private static Row parse(String[] column) {
        int encoding = SysReg.encode(
                Integer.parseInt(column[0]),
                Integer.parseInt(column[1]),
                Integer.parseInt(column[2]),
                Integer.parseInt(column[3]),
                Integer.parseInt(column[4]));
        TrapControl control = column[6].equals("-") ? null : TrapControl.valueOf(column[6]);
        return new Row(encoding, column[5].replace(':', ' '), control);
    }
}
