package org.shyperlab.emulator.debug.riscv64;

import java.util.List;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.debug.ReferenceText;

/** RISC-V's part of the trap reference. */
public final class Rv64TrapReference {
    private static final List<Integer> TRANSFORMED = List.of(
            0x0000_2503,
            0x0000_4503,
            0x0000_3501,
            0x0000_3507,
            0x00b0_3023,
            0x00b0_2021,
            0x1000_252f,
            0x00b0_252f,
            0x0002_3503,
            0x3000,
            0x3020,
            0);
    private static final List<Long> BAD_LEAVES =
            List.of(0x00L, 0x05L, 1L << 54 | 0xcf, 1L << 61 | 0xcf, 1L << 63 | 0xcf);

    private Rv64TrapReference() {}

    /** The causes of a kind of trap. */
    public static String codes(TrapKind kind) {
        return switch (kind) {
            case ECALL -> code(ExceptionCause.CALL_FROM_VIRTUAL_SUPERVISOR);
            case GUEST_PAGE_FAULT ->
                code(ExceptionCause.LOAD_GUEST_PAGE_FAULT) + ", " + code(ExceptionCause.STORE_GUEST_PAGE_FAULT);
            case GUEST_FETCH_FAULT -> code(ExceptionCause.INSTRUCTION_GUEST_PAGE_FAULT);
            case VIRTUAL_INSTRUCTION -> code(ExceptionCause.VIRTUAL_INSTRUCTION);
            case WAIT -> code(ExceptionCause.VIRTUAL_INSTRUCTION) + ", of WFI";
            case ILLEGAL_INSTRUCTION -> code(ExceptionCause.ILLEGAL_INSTRUCTION);
            case OTHER -> "all others";
            case HVC, SMC, SYSTEM_REGISTER, DATA_ABORT, INSTRUCTION_ABORT, IRQ -> "";
        };
    }

    private static String code(ExceptionCause cause) {
        return Integer.toString(cause.code());
    }

    /** Writes the part. */
    public static void write(ReferenceText text) {
        causes(text);
        traces(text);
        transformed(text);
        entries(text);
        fields(
                text,
                "hstatus",
                "What the hypervisor allows the guest, and where the last trap came from.",
                StatusFields.HSTATUS);
        fields(text, "vsstatus", "The guest's sstatus.", StatusFields.VSSTATUS);
        calls(text);
    }

    private static void causes(ReferenceText text) {
        text.section(
                "Exceptions",
                "scause (Privileged ISA, \"Supervisor Cause Register\", with the H extension). A guest page fault also sets htval, the"
                        + " guest physical address shifted right by 2, and htinst.",
                "| scause | exception | stval | htval, htinst |");
        for (ExceptionCause cause : ExceptionCause.values()) {
            text.line("| %d | %s | %s | %s |"
                    .formatted(
                            cause.code(),
                            cause.title(),
                            value(cause),
                            cause.isGuestPageFault() ? "GPA >> 2, the access" : "0"));
        }
    }

    private static String value(ExceptionCause cause) {
        return switch (cause) {
            case ILLEGAL_INSTRUCTION, VIRTUAL_INSTRUCTION -> "the instruction";
            case CALL_FROM_USER,
                    CALL_FROM_HYPERVISOR,
                    CALL_FROM_VIRTUAL_SUPERVISOR,
                    CALL_FROM_MACHINE,
                    DOUBLE_TRAP,
                    HARDWARE_ERROR -> "0";
            case SOFTWARE_CHECK -> "which check";
            default -> "the virtual address";
        };
    }

    private static void traces(ReferenceText text) {
        text.section(
                "Traps in traces",
                "What `--trace` says of examples. `detail` is the guest physical address of a guest page fault, a7 of an ecall, and"
                        + " otherwise stval.",
                "| kind | scause | detail | in words |");
        trace(text, TrapKind.ECALL, 10, 0x5449_4d45);
        trace(text, TrapKind.WAIT, 22, 0);
        trace(text, TrapKind.GUEST_PAGE_FAULT, 23, 0x0c00_0004);
        trace(text, TrapKind.GUEST_FETCH_FAULT, 20, 0x1000);
        trace(text, TrapKind.VIRTUAL_INSTRUCTION, 22, 0x6000_2573);
        trace(text, TrapKind.ILLEGAL_INSTRUCTION, 2, 0x3000_2573);
        trace(text, TrapKind.OTHER, 3, 0x8020_0000L);
    }

    private static void trace(ReferenceText text, TrapKind kind, int cause, long detail) {
        text.line("| `%s` | %d | 0x%x | %s |"
                .formatted(kind.label(), cause, detail, Rv64Terms.INSTANCE.trap(kind, cause, detail)));
    }

    private static void transformed(ReferenceText text) {
        text.section(
                "htinst",
                "The refused load or store without its address, or what VS-stage's walk did (\"Transformed Instruction or"
                        + " Pseudoinstruction\"). Examples:",
                "| htinst | in words |");
        for (int htinst : TRANSFORMED) {
            text.line("| 0x%08x | %s |".formatted(htinst, TransformedText.inWords(htinst)));
        }
    }

    private static void entries(ReferenceText text) {
        text.section(
                "Page-table entries",
                "Bits 7:0 are shown as letters, `VRWXUGAD`, with a dash for each that is 0; then what the entry allows; then N and PBMT"
                        + " where they are not 0. An entry that no walk goes through is `invalid` with the reason. Examples of leaves"
                        + " at level 0, and a pointer there:",
                "| entry | flags | why it is invalid |");
        for (long entry : BAD_LEAVES) {
            entry(text, entry, 0);
        }
        entry(text, 0x01, 0);
        entry(text, 0x41, 1);
        entry(text, 0x4cf, 1);
    }

    private static void entry(ReferenceText text, long entry, int level) {
        text.line("| 0x%016x at level %d | `%s` | %s |"
                .formatted(entry, level, EntryText.flags(entry), EntryText.problem(entry, level)));
    }

    private static void fields(ReferenceText text, String register, String introduction, StatusFields fields) {
        text.section(
                register,
                introduction + " Reports name the fields that are not 0.",
                "| bits | field | what | values |");
        for (StatusFields.Field field : fields.fields()) {
            text.line("| %s | %s | %s | %s |"
                    .formatted(field.bits(), field.name(), field.meaning(), String.join(", ", field.values())));
        }
    }

    private static void calls(ReferenceText text) {
        text.section("SBI extensions", "a7 of an ecall, by the names of the SBI 2.0.", "| a7 | in words |");
        SbiExtension.all().keySet().forEach(a7 -> text.line("| 0x%x | %s |".formatted(a7, SbiExtension.name(a7))));
    }
}
