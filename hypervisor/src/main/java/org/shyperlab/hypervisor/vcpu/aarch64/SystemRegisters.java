package org.shyperlab.hypervisor.vcpu.aarch64;

import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.core.aarch64.A64Trap;
import org.shyperlab.emulator.core.aarch64.SysReg;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.interrupt.aarch64.PhysicalGic;
import org.shyperlab.hypervisor.scheduler.aarch64.A64PhysicalCore;

/** Trapped system registers: the emulated physical timer, and a few that read as zero and ignore writes. */
final class SystemRegisters {
    /** ESR_EL1 for "unknown reason" (EC 0) with a 32-bit instruction: an undefined instruction. */
    static final int UNDEFINED = 1 << 25;

    private static final int CNTP_CTL = SysReg.CNTP_CTL_EL0.encoding();
    private static final int CNTP_CVAL = SysReg.CNTP_CVAL_EL0.encoding();
    private static final int CNTP_TVAL = SysReg.CNTP_TVAL_EL0.encoding();

    /** Debug and auxiliary registers that guests touch at start-up and that are of no use to them. */
    private static final int[] READ_AS_ZERO = {
        SysReg.encode(2, 0, 1, 0, 4), // OSLAR_EL1
        SysReg.encode(2, 0, 1, 1, 4), // OSLSR_EL1
        SysReg.encode(2, 0, 1, 3, 4), // OSDLR_EL1
        SysReg.encode(2, 0, 0, 2, 2), // MDSCR_EL1
        SysReg.encode(2, 0, 0, 2, 0), // MDCCINT_EL1
        SysReg.encode(2, 3, 0, 1, 0), // MDCCSR_EL0
        SysReg.encode(3, 0, 1, 0, 1), // ACTLR_EL1
        SysReg.encode(3, 3, 9, 12, 0), // PMCR_EL0
        SysReg.encode(3, 3, 9, 12, 1), // PMCNTENSET_EL0
        SysReg.encode(3, 3, 9, 12, 2), // PMCNTENCLR_EL0
        SysReg.encode(3, 3, 9, 12, 3), // PMOVSCLR_EL0
        SysReg.encode(3, 3, 9, 13, 0), // PMCCNTR_EL0
        SysReg.encode(3, 3, 9, 14, 0), // PMUSERENR_EL0
        SysReg.encode(3, 0, 9, 14, 1), // PMINTENSET_EL1
        SysReg.encode(3, 0, 9, 14, 2), // PMINTENCLR_EL1
    };

    private final HypervisorListener listener;

    SystemRegisters(HypervisorListener listener) {
        this.listener = listener;
    }

    /** Carries out the access; one that is not known is an undefined instruction for the guest. */
    void handle(A64PhysicalCore physical, A64Vcpu vcpu, A64Trap.SystemRegisterAccess access) {
        A64Core core = physical.core();
        int encoding = access.encoding();
        if (encoding == CNTP_CTL || encoding == CNTP_CVAL || encoding == CNTP_TVAL) {
            timer(physical, vcpu, access, encoding);
            core.skip();
            return;
        }
        for (int known : READ_AS_ZERO) {
            if (known == encoding) {
                if (access.isRead()) {
                    core.x(access.register(), 0);
                }
                core.skip();
                return;
            }
        }
        listener.guestError(
                vcpu,
                "%s of system register %s, which this hypervisor does not implement: undefined instruction",
                access.isRead() ? "read" : "write",
                SysReg.genericName(encoding));
        core.takeExceptionToEl1(UNDEFINED, 0);
    }

    private static void timer(
            A64PhysicalCore physical, A64Vcpu vcpu, A64Trap.SystemRegisterAccess access, int encoding) {
        A64Core core = physical.core();
        PhysicalTimer timer = vcpu.timer();
        long now = core.get(SysReg.CNTPCT_EL0);
        int register = access.register();
        if (access.isRead()) {
            long value = encoding == CNTP_CTL
                    ? timer.control(now)
                    : encoding == CNTP_CVAL ? timer.compare() : timer.value(now);
            core.x(register, value);
            return;
        }
        long value = core.x(register);
        if (encoding == CNTP_CTL) {
            timer.setControl(value);
        } else if (encoding == CNTP_CVAL) {
            timer.setCompare(value);
        } else {
            timer.setValue(now, value);
        }
        vcpu.machine().distributor().setPrivateLine(vcpu.gic(), PhysicalGic.PHYSICAL_TIMER, timer.isAsserted(now));
        physical.timersChanged();
    }
}
