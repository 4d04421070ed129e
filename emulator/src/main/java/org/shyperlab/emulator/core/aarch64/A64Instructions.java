package org.shyperlab.emulator.core.aarch64;

import org.shyperlab.emulator.core.CoreEnvironment;
import org.shyperlab.emulator.engine.A64Engine;

/**
 * System instructions that reach beyond one core: TLB maintenance in the inner shareable domain and instruction cache maintenance.
 * The engine's cores know nothing of each other, so these are carried out here, on all of them.
 */
final class A64Instructions {
    /** Numbers below are system registers. */
    static final int FIRST = 1000;

    private static final int IC_IVAU = FIRST;
    private static final int IC_ALL = FIRST + 1;
    private static final int TLBI_ALL = FIRST + 2;
    private static final int TLBI_ADDRESS = FIRST + 3;

    private static final int CACHE_LINE = 64;
    /** TLBI operands hold VA[55:12] in bits 43:0. */
    private static final int ADDRESS_SHIFT = 20;

    private final CoreEnvironment machine;
    private final A64Engine engine;
    private final StageOneProbe probe;

    A64Instructions(CoreEnvironment machine, A64Engine engine) {
        this.machine = machine;
        this.engine = engine;
        probe = new StageOneProbe(engine.registers(), machine.bus());
    }

    /** Stage 2 of the running guest has changed. */
    void stage2Changed() {
        probe.forget();
    }

    /** Patches the core's register table; {@code broadcast} when other cores or a stage 2 make TLB maintenance more than local. */
    void intercept(boolean broadcast) {
        engine.interceptInstruction(SysReg.encode(1, 3, 7, 5, 1), IC_IVAU);
        engine.interceptInstruction(SysReg.encode(1, 0, 7, 5, 0), IC_ALL);
        engine.interceptInstruction(SysReg.encode(1, 0, 7, 1, 0), IC_ALL);
        if (broadcast) {
            for (int crm : new int[] {3, 7}) {
                interceptTlbi(crm, 0, TLBI_ALL); // VMALLE1
                interceptTlbi(crm, 2, TLBI_ALL); // ASIDE1: the engine's TLB has no ASIDs
                interceptTlbi(crm, 1, TLBI_ADDRESS); // VAE1
                interceptTlbi(crm, 3, TLBI_ADDRESS); // VAAE1
                interceptTlbi(crm, 5, TLBI_ADDRESS); // VALE1
                interceptTlbi(crm, 7, TLBI_ADDRESS); // VAALE1
            }
        }
    }

    private void interceptTlbi(int crm, int op2, int number) {
        engine.intercept(SysReg.encode(1, 0, 8, crm, op2), number);
    }

    /**
     * Carries out one instruction.
     *
     * @param twoStages whether stage 2 is on
     */
    void execute(int number, long operand, boolean twoStages) {
        switch (number) {
            case IC_IVAU -> {
                long physical = engine.translate(operand & -CACHE_LINE);
                if (physical != -1) {
                    machine.dropCode(physical, CACHE_LINE);
                }
            }
            case IC_ALL -> machine.dropAllCode();
            case TLBI_ALL -> machine.flushTranslations();
            case TLBI_ADDRESS -> {
                long address = operand << ADDRESS_SHIFT >> (ADDRESS_SHIFT - 12);
                if (twoStages && !probe.isMappedByPages(address)) {
                    machine.flushTranslations();
                } else {
                    machine.flushTranslation(address);
                }
            }
            default -> throw new IllegalStateException("instruction " + number);
        }
    }
}
