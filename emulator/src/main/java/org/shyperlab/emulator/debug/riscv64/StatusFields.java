package org.shyperlab.emulator.debug.riscv64;

import java.util.ArrayList;
import java.util.List;

/** The fields of status registers, by tables (Privileged ISA, "hstatus", "vsstatus"). */
enum StatusFields {
    /** vsstatus, and sstatus where there is no hypervisor. */
    VSSTATUS(List.of(
            Field.flag("SIE", 1, "interrupts are enabled in VS"),
            Field.flag("SPIE", 5, "SIE before the last trap into VS"),
            Field.flag("UBE", 6, "data of VU is big-endian"),
            new Field("SPP", 8, 1, "where the last trap into VS came from", List.of("VU", "VS")),
            new Field("VS", 9, 2, "state of the vector unit", List.of("off", "initial", "clean", "dirty")),
            new Field("FS", 13, 2, "state of the floating-point unit", List.of("off", "initial", "clean", "dirty")),
            new Field("XS", 15, 2, "state of custom units", List.of("off", "initial", "clean", "dirty")),
            Field.flag("SUM", 18, "VS may load from and store to pages of VU"),
            Field.flag("MXR", 19, "loads may read what is only executable"),
            new Field("UXL", 32, 2, "register width of VU", List.of("0", "32", "64", "128")),
            Field.flag("SD", 63, "FS, VS or XS is dirty"))),
    /** hstatus. */
    HSTATUS(List.of(
            Field.flag("VSBE", 5, "data of VS is big-endian"),
            Field.flag("GVA", 6, "stval holds a guest virtual address"),
            Field.flag("SPV", 7, "the last trap into HS came from the guest"),
            new Field("SPVP", 8, 1, "where in the guest it came from; HLV and HSV act as that", List.of("VU", "VS")),
            Field.flag("HU", 9, "U may use HLV and HSV"),
            new Field("VGEIN", 12, 6, "the guest interrupt file whose interrupts the guest gets", List.of()),
            Field.flag("VTVM", 20, "SFENCE.VMA and satp trap in VS"),
            Field.flag("VTW", 21, "WFI traps in VS"),
            Field.flag("VTSR", 22, "SRET traps in VS"),
            new Field("VSXL", 32, 2, "register width of VS", List.of("0", "32", "64", "128"))));

    /**
     * One field.
     *
     * @param values what its values are called; empty when they are plain numbers
     */
    record Field(String name, int shift, int width, String meaning, List<String> values) {
        private static Field flag(String name, int shift, String meaning) {
            return new Field(name, shift, 1, meaning, List.of());
        }

        /** The bits as a manual writes them: {@code 7} or {@code 17:12}. */
        String bits() {
            return width == 1 ? Integer.toString(shift) : "%d:%d".formatted(shift + width - 1, shift);
        }

        private int of(long register) {
            return (int) (register >>> shift & (1L << width) - 1);
        }

        private String text(int value) {
            return values.isEmpty() ? width == 1 ? name : name + "=" + value : name + "=" + values.get(value);
        }
    }

    private final List<Field> fields;

    StatusFields(List<Field> fields) {
        this.fields = fields;
    }

    /** All fields, from the lowest bit. */
    List<Field> fields() {
        return fields;
    }

    /** The fields that are not 0, for example {@code GVA SPV SPVP=VS VGEIN=1}; {@code none} when all are 0. */
    String inWords(long register) {
        List<String> set = new ArrayList<>();
        for (Field field : fields) {
            int value = field.of(register);
            if (value != 0) {
                set.add(field.text(value));
            }
        }
        return set.isEmpty() ? "none" : String.join(" ", set);
    }
}
