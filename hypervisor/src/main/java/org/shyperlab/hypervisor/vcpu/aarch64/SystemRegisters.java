package org.shyperlab.hypervisor.vcpu.aarch64;

import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.core.aarch64.A64Trap;
import org.shyperlab.emulator.core.aarch64.SysReg;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.interrupt.aarch64.PhysicalGic;
import org.shyperlab.hypervisor.scheduler.aarch64.A64PhysicalCore;

/** Trapped system registers: the emulated physical timer, debug registers, and those of what VMs do not have, which read as zero. */
final class SystemRegisters {
    /** ESR_EL1 for "unknown reason" (EC 0) with a 32-bit instruction: an undefined instruction. */
    static final int UNDEFINED = 1 << 25;

    private static final int CNTP_CTL = SysReg.CNTP_CTL_EL0.encoding();
    private static final int CNTP_CVAL = SysReg.CNTP_CVAL_EL0.encoding();
    private static final int CNTP_TVAL = SysReg.CNTP_TVAL_EL0.encoding();

    private static final int MDSCR = SysReg.MDSCR_EL1.encoding();
    private static final int ACTLR = SysReg.ACTLR_EL1.encoding();

    /** op0, op1, CRn and CRm of the registers around the operating system's lock, OSLAR_EL1 to OSDLR_EL1: CRm 0 to 3. */
    private static final int OS_LOCK = SysReg.encode(2, 0, 1, 0, 0);

    private static final int OS_LOCK_STATUS = SysReg.encode(2, 0, 1, 1, 4);
    /** OSLSR_EL1: there is a lock, and it is open. */
    private static final long UNLOCKED = 1 << 3;

    /** op0, op1, CRn of the debug communications channel, MDCCINT_EL1 and the like, and MDCCSR_EL0. */
    private static final int DEBUG_EL1 = SysReg.encode(2, 0, 0, 0, 0);

    private static final int DEBUG_EL0 = SysReg.encode(2, 3, 0, 0, 0);
    /** op0, op1, CRn of the performance monitor: CRm 12 to 14 at EL0 and 14 at EL1, and CRm 8 to 15 behind CRn 14. */
    private static final int MONITOR_EL0 = SysReg.encode(3, 3, 9, 0, 0);

    private static final int MONITOR_EL1 = SysReg.encode(3, 0, 9, 0, 0);
    private static final int MONITOR_EVENTS = SysReg.encode(3, 3, 14, 0, 0);
    private static final int ALL_OF_CRN = ~0x7f;

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
        int debug = DebugRegisters.index(encoding);
        if (debug >= 0 || encoding == MDSCR) {
            debug(core, vcpu, access, debug);
            core.skip();
            return;
        }
        if (isNothing(encoding)) {
            if (access.isRead()) {
                core.x(access.register(), encoding == OS_LOCK_STATUS ? UNLOCKED : 0);
            }
            core.skip();
            return;
        }
        listener.guestError(
                vcpu,
                "%s of system register %s, which this hypervisor does not implement: undefined instruction",
                access.isRead() ? "read" : "write",
                SysReg.genericName(encoding));
        core.takeExceptionToEl1(UNDEFINED, 0);
    }

    /** MDSCR_EL1 is one of the guest's own registers; it traps with the others. */
    private static void debug(A64Core core, A64Vcpu vcpu, A64Trap.SystemRegisterAccess access, int index) {
        int register = access.register();
        if (access.isRead()) {
            core.x(
                    register,
                    index < 0 ? core.get(SysReg.MDSCR_EL1) : vcpu.debug().get(index));
        } else if (index < 0) {
            core.set(SysReg.MDSCR_EL1, core.x(register));
        } else {
            vcpu.debug().set(index, core.x(register));
        }
    }

    /** Registers that exist, and have nothing behind them for a VM: they read as zero and ignore writes. */
    private static boolean isNothing(int encoding) {
        int group = encoding & ALL_OF_CRN;
        int line = encoding >> 3 & 15;
        int last = encoding & 7;
        return encoding == ACTLR
                || group == OS_LOCK && line <= 3 && last == 4
                || group == DEBUG_EL1 && last < 4
                || group == DEBUG_EL0
                || group == MONITOR_EL0 && line >= 12 && line <= 14
                || group == MONITOR_EL1 && line == 14
                || group == MONITOR_EVENTS && line >= 8;
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
