package org.shyperlab.emulator.debug.riscv64;

import java.util.List;
import org.shyperlab.emulator.core.riscv64.Csr;
import org.shyperlab.emulator.core.riscv64.Rv64Core;
import org.shyperlab.emulator.debug.ArchitectureTerms;
import org.shyperlab.emulator.debug.PageWalk.Access;
import org.shyperlab.emulator.debug.PageWalk.Fault;
import org.shyperlab.emulator.debug.PageWalk.Mapped;
import org.shyperlab.emulator.debug.PageWalk.Outcome;
import org.shyperlab.emulator.debug.TableMemory;
import org.shyperlab.emulator.debug.TranslationRegisters;

/**
 * The registers that rule address translation of VS and VU, and those that tell how it failed, as one snapshot (Privileged ISA,
 * hypervisor extension).
 *
 * @param sstatus sstatus of HS: MXR counts at both stages
 * @param hstatus hstatus, for the text
 * @param hgatp hgatp; MODE 0 is no G-stage
 * @param vsstatus vsstatus: SUM and MXR count
 * @param vsatp vsatp; MODE 0 is no VS-stage
 * @param htval htval: the refused guest physical address, shifted right by 2
 * @param htinst htinst: the refused access
 * @param physicalLimit physical addresses from here on answer with an access fault
 */
public record Rv64TranslationRegisters(
        long sstatus, long hstatus, long hgatp, long vsstatus, long vsatp, long htval, int htinst, long physicalLimit)
        implements TranslationRegisters {
    private static final long SUM = 1 << 18;
    private static final long MXR = 1 << 19;

    /** What the hart's registers say now. */
    public static Rv64TranslationRegisters of(Rv64Core hart) {
        return new Rv64TranslationRegisters(
                hart.get(Csr.SSTATUS),
                hart.get(Csr.HSTATUS),
                hart.get(Csr.HGATP),
                hart.get(Csr.VSSTATUS),
                hart.get(Csr.VSATP),
                hart.get(Csr.HTVAL),
                (int) hart.get(Csr.HTINST),
                hart.walker().physicalLimit());
    }

    @Override
    public ArchitectureTerms terms() {
        return Rv64Terms.INSTANCE;
    }

    /** Translates by Sv39, Sv48 or Sv57 and Sv39x4 or Sv48x4, as these harts do: they set A and D themselves (Svadu). */
    @Override
    public Outcome translate(TableMemory tables, long virtualAddress, Access access, boolean asUser) {
        Outcome outcome = new FirstStage(tables, this, virtualAddress, access, asUser).translate();
        if (outcome instanceof Mapped first) {
            long guestPhysical = first.ipa();
            outcome = isSecondStageOn()
                    ? new SecondStage(tables, this, guestPhysical, access, Rv64Terms.accessOf(access), false)
                            .translate()
                    : new Mapped(guestPhysical, guestPhysical, tables.placeOf(guestPhysical));
        }
        if (outcome instanceof Mapped mapped && Long.compareUnsigned(mapped.physicalAddress(), physicalLimit) >= 0) {
            return new Fault(
                    isSecondStageOn() ? 2 : 1,
                    -1,
                    Rv64Terms.accessOf(access).accessFault(),
                    null,
                    isSecondStageOn() ? mapped.ipa() : 0,
                    "PA 0x%x is above the physical addresses".formatted(mapped.physicalAddress()));
        }
        return outcome;
    }

    @Override
    public String trap(int cause) {
        ExceptionCause known = ExceptionCause.of(cause);
        return known != null && known.isGuestPageFault()
                ? "%s: %s (scause %d, htval 0x%x, htinst 0x%08x)"
                        .formatted(
                                Rv64Terms.capitalized(known.title()),
                                TransformedText.inWords(htinst),
                                cause,
                                htval,
                                htinst)
                : Rv64Terms.capitalized(Rv64Terms.cause(cause));
    }

    @Override
    public List<String> state(long processorState) {
        return List.of(
                "vsstatus %s (0x%x)".formatted(StatusFields.VSSTATUS.inWords(processorState), processorState),
                "hstatus %s (0x%x)".formatted(StatusFields.HSTATUS.inWords(hstatus), hstatus));
    }

    /** Whether hgatp translates. */
    boolean isSecondStageOn() {
        return Stage.mode(hgatp) != 0;
    }

    /** HS's MXR: loads may read what is only executable, at both stages. */
    boolean readsExecutable() {
        return (sstatus & MXR) != 0;
    }

    /** VS's MXR: the same at VS-stage. */
    boolean guestReadsExecutable() {
        return (vsstatus & MXR) != 0;
    }

    /** VS's SUM: VS may load from and store to pages of VU. */
    boolean supervisorReadsUser() {
        return (vsstatus & SUM) != 0;
    }
}
