package org.shyperlab.emulator.debug.riscv64;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.shyperlab.emulator.firmware.Sbi;

/** SBI extensions by name, as a7 of an ecall tells them (SBI 2.0). */
final class SbiExtension {
    private static final Map<Long, String> NAMES = Map.ofEntries(
            Map.entry(0L, "legacy set timer"),
            Map.entry(1L, "legacy console putchar"),
            Map.entry(2L, "legacy console getchar"),
            Map.entry(3L, "legacy clear IPI"),
            Map.entry(4L, "legacy send IPI"),
            Map.entry(5L, "legacy remote fence.i"),
            Map.entry(6L, "legacy remote sfence.vma"),
            Map.entry(7L, "legacy remote sfence.vma with ASID"),
            Map.entry(8L, "legacy shutdown"),
            Map.entry((long) Sbi.BASE, "base"),
            Map.entry((long) Sbi.TIME, "TIME"),
            Map.entry((long) Sbi.IPI, "IPI"),
            Map.entry((long) Sbi.RFENCE, "RFENCE"),
            Map.entry((long) Sbi.HSM, "HSM"),
            Map.entry((long) Sbi.SRST, "SRST"),
            Map.entry((long) Sbi.DBCN, "DBCN"),
            Map.entry(0x504d_55L, "PMU"),
            Map.entry(0x5355_5350L, "SUSP"),
            Map.entry(0x4350_5043L, "CPPC"),
            Map.entry(0x4e41_434cL, "NACL"),
            Map.entry(0x5354_41L, "STA"));

    private SbiExtension() {}

    /** For example {@code SBI TIME}; of an unknown one, its number. */
    static String name(long extension) {
        String name = NAMES.get(extension);
        return name == null ? "SBI extension 0x%x".formatted(extension) : "SBI " + name;
    }

    /** All names by number. */
    static SortedMap<Long, String> all() {
        return new TreeMap<>(NAMES);
    }
}
