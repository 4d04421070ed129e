package org.shyperlab.emulator.debug.riscv64;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.shyperlab.emulator.debug.ResourceTable;

/** Names of control and status registers by number, from the table in {@code control-registers.txt}. */
final class ControlRegisters {
    private static final Map<Integer, String> BY_NUMBER = load();

    private ControlRegisters() {}

    /** The assembler's name, or the number in hexadecimal for one that the table does not have. */
    static String name(int number) {
        String name = BY_NUMBER.get(number);
        return name == null ? "0x%03x".formatted(number) : name;
    }

    /** All names by number. */
    static Map<Integer, String> all() {
        return Collections.unmodifiableMap(BY_NUMBER);
    }

    private static Map<Integer, String> load() {
        Map<Integer, String> names = new TreeMap<>();
        for (String[] column : ResourceTable.rows(ControlRegisters.class, "control-registers.txt")) {
            if (names.put(Integer.parseInt(column[0], 16), column[1]) != null) {
                throw new IllegalStateException("control-registers.txt: two rows have the number of " + column[1]);
            }
        }
        return names;
    }
}
