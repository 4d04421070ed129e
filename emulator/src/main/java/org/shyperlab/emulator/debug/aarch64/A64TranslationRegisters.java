package org.shyperlab.emulator.debug.aarch64;

import java.util.List;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.core.aarch64.SysReg;
import org.shyperlab.emulator.debug.ArchitectureTerms;
import org.shyperlab.emulator.debug.PageWalk.Access;
import org.shyperlab.emulator.debug.PageWalk.Mapped;
import org.shyperlab.emulator.debug.PageWalk.Outcome;
import org.shyperlab.emulator.debug.TableMemory;
import org.shyperlab.emulator.debug.TranslationRegisters;

/**
 * The registers that rule address translation of EL1 and EL0, as one snapshot (Arm ARM D24.2). E2H and TGE of HCR_EL2 are taken as 0:
 * a guest below a type-1 hypervisor.
 *
 * @param sctlr SCTLR_EL1: M, EE and WXN count
 * @param tcr TCR_EL1
 * @param ttbr0 TTBR0_EL1, for addresses whose bit 55 is 0
 * @param ttbr1 TTBR1_EL1, for addresses whose bit 55 is 1
 * @param mair MAIR_EL1, for the memory types in the text
 * @param hcr HCR_EL2: VM, DC and PTW count
 * @param vtcr VTCR_EL2
 * @param vttbr VTTBR_EL2
 */
public record A64TranslationRegisters(
        long sctlr, long tcr, long ttbr0, long ttbr1, long mair, long hcr, long vtcr, long vttbr)
        implements TranslationRegisters {
    private static final long SCTLR_M = 1;
    private static final long SCTLR_WXN = 1 << 19;
    private static final long SCTLR_EE = 1 << 25;
    private static final long HCR_VM = 1;
    private static final long HCR_PTW = 1 << 2;
    private static final long HCR_DC = 1 << 12;

    /** What the core's registers say now. */
    public static A64TranslationRegisters of(A64Core core) {
        return new A64TranslationRegisters(
                core.get(SysReg.SCTLR_EL1),
                core.get(SysReg.TCR_EL1),
                core.get(SysReg.TTBR0_EL1),
                core.get(SysReg.TTBR1_EL1),
                core.get(SysReg.MAIR_EL1),
                core.get(SysReg.HCR_EL2),
                core.get(SysReg.VTCR_EL2),
                core.get(SysReg.VTTBR_EL2));
    }

    @Override
    public ArchitectureTerms terms() {
        return A64Terms.INSTANCE;
    }

    /** Translates by the rules for Armv8.0 (Arm ARM D8). */
    @Override
    public Outcome translate(TableMemory tables, long virtualAddress, Access access, boolean asUser) {
        Stage2 stage2 = new Stage2(tables, this);
        Outcome outcome = new Stage1(tables, this, stage2).translate(virtualAddress, access, asUser);
        return outcome instanceof Mapped first ? stage2.translate(first.ipa(), access, false) : outcome;
    }

    @Override
    public String trap(int syndrome) {
        return "Syndrome 0x%08x: %s".formatted(syndrome, Syndromes.atEl2(syndrome));
    }

    @Override
    public List<String> state(long processorState) {
        return List.of("pstate %s (0x%x)".formatted(ProcessorState.inWords(processorState), processorState));
    }

    /** Whether stage 1 translates. HCR_EL2.DC switches it off, whatever SCTLR_EL1.M says. */
    public boolean isStage1On() {
        return (sctlr & SCTLR_M) != 0 && (hcr & HCR_DC) == 0;
    }

    /** Whether stage 2 translates. HCR_EL2.DC switches it on. */
    public boolean isStage2On() {
        return (hcr & (HCR_VM | HCR_DC)) != 0;
    }

    /** Whether writable memory is not executable. */
    boolean writableIsNotExecutable() {
        return (sctlr & SCTLR_WXN) != 0;
    }

    /** Whether stage-1 tables are big-endian. */
    boolean hasBigEndianTables() {
        return (sctlr & SCTLR_EE) != 0;
    }

    /** Whether stage 2 refuses stage-1 walks through Device memory. */
    boolean protectsTableWalks() {
        return (hcr & HCR_PTW) != 0;
    }
}
