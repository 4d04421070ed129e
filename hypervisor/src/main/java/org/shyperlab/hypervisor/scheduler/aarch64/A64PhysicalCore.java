package org.shyperlab.hypervisor.scheduler.aarch64;

import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.core.aarch64.SysReg;
import org.shyperlab.hypervisor.HypervisorOptions;
import org.shyperlab.hypervisor.interrupt.aarch64.PhysicalGic;
import org.shyperlab.hypervisor.memory.aarch64.StageTwoTable;
import org.shyperlab.hypervisor.scheduler.PhysicalCore;
import org.shyperlab.hypervisor.vcpu.aarch64.HypervisorControls;

/** One physical AArch64 core at EL2. The hypervisor's timer is CNTHP, its IPI is SGI 1. */
public final class A64PhysicalCore extends PhysicalCore {
    private static final long PSCI_CPU_ON_64 = 0xc400_0003L;
    private static final long PSCI_SYSTEM_OFF = 0x8400_0008L;
    private static final long PSCI_SYSTEM_RESET = 0x8400_0009L;

    private final A64Core core;
    private final PhysicalGic gic;
    private final int ipaBits;

    /** A core without vCPUs. Touches no register yet. */
    public A64PhysicalCore(A64Core core, PhysicalGic gic, long timeHertz, HypervisorOptions options) {
        super(core.index(), timeHertz, options);
        this.core = core;
        this.gic = gic;
        ipaBits = options.ipaBits();
    }

    @Override
    public A64Core core() {
        return core;
    }

    /** The GIC as this core sees it. */
    public PhysicalGic gic() {
        return gic;
    }

    @Override
    protected void initialiseRegisters() {
        core.set(SysReg.VTCR_EL2, StageTwoTable.controlRegister(ipaBits));
        core.set(SysReg.HCR_EL2, HypervisorControls.HCR_VIRTUAL_INTERRUPTS);
        core.set(SysReg.CNTHCTL_EL2, HypervisorControls.CNTHCTL_COUNTER);
        core.set(SysReg.MDCR_EL2, HypervisorControls.MDCR_NO_DEBUG);
        core.set(SysReg.CNTHP_CTL_EL2, 0);
        core.set(SysReg.VPIDR_EL2, core.get(SysReg.MIDR_EL1));
        gic.initialiseCore();
    }

    @Override
    public long now() {
        return core.get(SysReg.CNTPCT_EL0);
    }

    @Override
    protected void arm(long deadline) {
        if (deadline == NEVER) {
            core.set(SysReg.CNTHP_CTL_EL2, 0);
        } else {
            core.set(SysReg.CNTHP_CVAL_EL2, deadline);
            core.set(SysReg.CNTHP_CTL_EL2, 1);
        }
    }

    @Override
    protected void sendIpi(PhysicalCore target) {
        if (target == this) {
            gic.sendIpiToSelf();
        } else {
            gic.sendIpi(((A64PhysicalCore) target).gic.ownMask());
        }
    }

    @Override
    protected void kick(PhysicalCore target) {
        gic.sendKick(((A64PhysicalCore) target).gic.ownMask());
    }

    @Override
    protected void powerOn(PhysicalCore target) {
        core.callFirmware(PSCI_CPU_ON_64, target.index(), 0, 0);
    }

    @Override
    public void boardOff() {
        core.callFirmware(PSCI_SYSTEM_OFF, 0, 0, 0);
    }

    @Override
    public void boardReset() {
        core.callFirmware(PSCI_SYSTEM_RESET, 0, 0, 0);
    }

    @Override
    public void invalidateTranslations() {
        core.invalidateTranslations();
    }
}
