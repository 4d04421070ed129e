package org.shyperlab.hypervisor.vcpu.aarch64;

import org.shyperlab.emulator.core.aarch64.A64Context;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.core.aarch64.SysReg;
import org.shyperlab.hypervisor.interrupt.aarch64.CpuInterface;
import org.shyperlab.hypervisor.interrupt.aarch64.OwnedInterface;
import org.shyperlab.hypervisor.interrupt.aarch64.PhysicalGic;
import org.shyperlab.hypervisor.scheduler.PhysicalCore;
import org.shyperlab.hypervisor.scheduler.aarch64.A64PhysicalCore;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vcpu.VcpuState;
import org.shyperlab.hypervisor.vm.aarch64.A64Vm;

/** An AArch64 vCPU: its register file while it is not in a core, its virtual CPU interface and its emulated physical timer. */
public final class A64Vcpu extends Vcpu {
    private static final long TIMER_ENABLED = 1;
    private static final long TIMER_CONTROLS = 3;

    private final A64Vm vm;
    private final A64Core core;
    private final PhysicalGic physicalGic;
    private final CpuInterface gic;
    private final OwnedInterface owned = new OwnedInterface();
    private final PhysicalTimer timer = new PhysicalTimer();
    private DebugRegisters debug = new DebugRegisters();
    private A64Context context;

    /** vCPU {@code index} of {@code vm} on {@code home}, switched off, with an empty register file. */
    public A64Vcpu(A64Vm vm, int index, A64PhysicalCore home, CpuInterface gic) {
        super(vm.id(), index, home);
        this.vm = vm;
        this.gic = gic;
        core = home.core();
        physicalGic = home.gic();
        context = core.newContext();
        gic.owner(this);
    }

    @Override
    public A64Vm machine() {
        return vm;
    }

    /** Its virtual CPU interface. */
    public CpuInterface gic() {
        return gic;
    }

    /** Its emulated physical timer; of a guest that owns its interrupts, what is in the real one while the vCPU is not in its core. */
    public PhysicalTimer timer() {
        return timer;
    }

    /** Its hardware breakpoints and watchpoints. */
    DebugRegisters debug() {
        return debug;
    }

    /** The register file; stale while the vCPU is resident in a core. */
    public A64Context context() {
        return context;
    }

    /** What the guest sees in MPIDR_EL1: affinity 0 counts the vCPUs (D24.2.98). */
    public long affinity() {
        return 1L << 31 | index();
    }

    @Override
    public boolean ownsInterrupts() {
        return vm.hasPartialPassthrough();
    }

    @Override
    public void enter() {
        core.set(SysReg.VTTBR_EL2, vm.translationBase());
        core.set(SysReg.VMPIDR_EL2, affinity());
        core.set(SysReg.CNTVOFF_EL2, vm.epoch());
        setControls();
        if (ownsInterrupts()) {
            owned.load(physicalGic);
            vm.returnHeld(physicalGic);
            core.set(SysReg.CNTP_CVAL_EL0, timer.compare());
            core.set(SysReg.CNTP_CTL_EL0, timer.control(0));
        } else {
            gic.load(physicalGic);
        }
        core.load(context);
    }

    @Override
    public void setControls() {
        boolean own = ownsInterrupts();
        core.set(
                SysReg.CNTHCTL_EL2,
                own ? HypervisorControls.CNTHCTL_COUNTER_AND_TIMER : HypervisorControls.CNTHCTL_COUNTER);
        long virtual =
                HypervisorControls.HCR_VIRTUAL_INTERRUPTS | (home().trapsWait() ? HypervisorControls.HCR_TWI : 0);
        core.set(SysReg.HCR_EL2, own ? HypervisorControls.HCR_OWN_INTERRUPTS : virtual);
    }

    @Override
    public void leave() {
        core.save(context);
        core.set(SysReg.CNTV_CTL_EL0, 0);
        if (ownsInterrupts()) {
            timer.setCompare(core.get(SysReg.CNTP_CVAL_EL0));
            timer.setControl(core.get(SysReg.CNTP_CTL_EL0));
            core.set(SysReg.CNTP_CTL_EL0, 0);
            core.set(SysReg.CNTP_CVAL_EL0, 0);
            owned.save(physicalGic);
            core.set(SysReg.HCR_EL2, HypervisorControls.HCR_VIRTUAL_INTERRUPTS);
            physicalGic.initialiseCore();
        } else {
            gic.save();
        }
    }

    /** Reset state with the start address and X0 that were asked for (PSCI 6.4). */
    @Override
    public void reset() {
        context = core.newContext();
        context.pc(entry());
        context.x(0, argument());
        debug = new DebugRegisters();
        timer.reset();
        gic.reset();
        owned.reset();
    }

    @Override
    public void stopped() {
        timer.reset();
    }

    @Override
    public void showInterrupts() {
        gic.update();
    }

    /**
     * What a guest that owns its interrupts waits for by PSCI, it alone can tell: it is woken at once, and looks (DEN 0022 5.4 lets a
     * standby end at any time). Its WFI does not trap.
     */
    @Override
    public boolean hasPendingInterrupt() {
        return ownsInterrupts() || gic.hasPending();
    }

    @Override
    public long deadline(long now) {
        boolean none = state() == VcpuState.PAUSED || ownsInterrupts();
        return none ? PhysicalCore.NEVER : Math.min(timer.deadline(now), virtualDeadline());
    }

    /** The virtual timer's own interrupt comes from the hardware as soon as the vCPU's registers are back in the core. */
    @Override
    public boolean timerFired(long now) {
        if (ownsInterrupts()) {
            return false;
        }
        if (timer.isAsserted(now)) {
            vm.distributor().setPrivateLine(gic, PhysicalGic.PHYSICAL_TIMER, true);
        }
        return virtualDeadline() <= now;
    }

    /** Counter value at which the virtual timer fires while the vCPU waits outside of the core; NEVER at all other times. */
    private long virtualDeadline() {
        if (isResident() || state() != VcpuState.BLOCKED) {
            return PhysicalCore.NEVER;
        }
        boolean on = (context.get(SysReg.CNTV_CTL_EL0) & TIMER_CONTROLS) == TIMER_ENABLED;
        long compare = context.get(SysReg.CNTV_CVAL_EL0);
        long at = compare + vm.epoch();
        // Both are unsigned (D12.2.4): what is negative here lies further away than any run gets.
        return on && compare >= 0 && at >= 0 ? at : PhysicalCore.NEVER;
    }
}
