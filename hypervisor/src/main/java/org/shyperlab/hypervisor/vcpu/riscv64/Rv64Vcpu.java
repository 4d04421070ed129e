package org.shyperlab.hypervisor.vcpu.riscv64;

import org.shyperlab.emulator.core.riscv64.Csr;
import org.shyperlab.emulator.core.riscv64.InterruptFile;
import org.shyperlab.emulator.core.riscv64.Rv64Context;
import org.shyperlab.emulator.core.riscv64.Rv64Core;
import org.shyperlab.hypervisor.scheduler.PhysicalCore;
import org.shyperlab.hypervisor.scheduler.riscv64.Rv64PhysicalCore;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vcpu.VcpuState;
import org.shyperlab.hypervisor.vm.riscv64.Rv64Vm;

/**
 * A RISC-V vCPU: its register file while it is not in a hart, and the interrupts that others have for it. Its timer is vstimecmp,
 * whether the guest writes stimecmp itself (Sstc) or asks by SBI.
 */
public final class Rv64Vcpu extends Vcpu {
    /** A supervisor software interrupt, as scause of the guest numbers it. */
    public static final int SOFTWARE_INTERRUPT = 1;
    /** A supervisor external interrupt, as scause of the guest numbers it. */
    public static final int EXTERNAL_INTERRUPT = 9;

    private static final long HVIP_SOFTWARE = 1 << 2;
    private static final long HVIP_EXTERNAL = 1 << 10;
    private static final long VSIE_TIMER = 1 << 5;
    private static final long VSIE_EXTERNAL = 1 << 9;
    private static final long HSTATUS_SPV = 1 << 7;
    private static final long HSTATUS_SPVP = 1 << 8;
    private static final int HSTATUS_VGEIN_SHIFT = 12;
    private static final long HSTATUS_VTW = 1 << 21;
    private static final int A0 = 10;
    private static final int A1 = 11;

    private final Rv64Vm vm;
    private final Rv64Core core;
    private Rv64Context context;
    private boolean external;
    private boolean software;

    /** vCPU {@code index} of {@code vm} on hart {@code home}, switched off. */
    public Rv64Vcpu(Rv64Vm vm, int index, Rv64PhysicalCore home) {
        super(vm.id(), index, home);
        this.vm = vm;
        core = home.core();
        context = core.newContext();
    }

    @Override
    public Rv64Vm machine() {
        return vm;
    }

    @Override
    public void enter() {
        showInterrupts();
        context.set(Csr.HTIMEDELTA, -vm.epoch());
        setControls();
        core.set(Csr.HGATP, vm.translationBase());
        core.load(context);
    }

    @Override
    public void setControls() {
        long guestFile = (long) vm.guestFile() << HSTATUS_VGEIN_SHIFT;
        core.set(Csr.HSTATUS, HSTATUS_SPV | HSTATUS_SPVP | guestFile | (home().trapsWait() ? HSTATUS_VTW : 0));
    }

    @Override
    public void leave() {
        core.save(context);
        core.set(Csr.VSTIMECMP, -1);
        core.set(Csr.HVIP, 0);
    }

    /** Reset state at the entry point: a0 the hart's number in the VM, a1 the argument (SBI 2.0, HSM hart start). */
    @Override
    public void reset() {
        context = core.newContext();
        context.pc(entry());
        context.x(A0, index());
        context.x(A1, argument());
        software = false;
        clearGuestFile();
    }

    /** Empties the VM's interrupt file in this hart: what the file's last owner left, or this VM before it was reset. */
    private void clearGuestFile() {
        int file = vm.guestFile();
        if (file == 0) {
            return;
        }
        long status = core.get(Csr.HSTATUS);
        long select = core.get(Csr.VSISELECT);
        core.set(Csr.HSTATUS, (long) file << HSTATUS_VGEIN_SHIFT);
        for (int register = InterruptFile.FIRST; register <= InterruptFile.LAST; register += 2) {
            core.set(Csr.VSISELECT, register);
            core.set(Csr.VSIREG, 0);
        }
        core.set(Csr.VSISELECT, select);
        core.set(Csr.HSTATUS, status);
    }

    @Override
    public void stopped() {
        // Its timer stopped with its registers.
    }

    /** Its virtual interrupt controller drives its external interrupt; true when that changes it, and the vCPU's hart has to be told. */
    public boolean external(boolean asserted) {
        boolean changes = external != asserted;
        external = asserted;
        return changes;
    }

    /** Another hart of the VM sends a software interrupt; the vCPU's hart has to be told. */
    public void raiseSoftware() {
        software = true;
    }

    /** Sets the timer of this vCPU, which is in its hart, in the guest's time; it is pending from then on. */
    public void timer(long ticks) {
        core.set(Csr.VSTIMECMP, ticks);
    }

    private long get(Csr register) {
        return isResident() ? core.get(register) : context.get(register);
    }

    /** Puts what others have sent into hvip. */
    @Override
    public void showInterrupts() {
        long old = get(Csr.HVIP);
        long now = external ? old | HVIP_EXTERNAL : old & ~HVIP_EXTERNAL;
        if (software) {
            software = false;
            now |= HVIP_SOFTWARE;
        }
        if (now == old) {
            return;
        }
        if (isResident()) {
            core.set(Csr.HVIP, now);
        } else {
            context.set(Csr.HVIP, now);
        }
    }

    @Override
    public boolean hasPendingInterrupt() {
        if (isResident()) {
            return (core.get(Csr.VSIP) & core.get(Csr.VSIE)) != 0;
        }
        return (context.get(Csr.HVIP) >> 1 & context.get(Csr.VSIE)) != 0
                || (core.get(Csr.HGEIP) >>> acceptedFile() & 1) != 0
                || timerDeadline() <= home().now();
    }

    /** The guest file whose interrupts end a wait of this vCPU; 0, which is no guest file, when there is none. */
    private int acceptedFile() {
        return (get(Csr.VSIE) & VSIE_EXTERNAL) != 0 ? vm.guestFile() : 0;
    }

    /**
     * The guest file that hgeie has to watch for this vCPU: nobody but the hypervisor would notice that an interrupt ends its wait. 0,
     * which is no guest file, when it does not wait, or not for that.
     */
    public int watchedFile() {
        return state() == VcpuState.BLOCKED ? acceptedFile() : 0;
    }

    @Override
    public long deadline(long now) {
        return state() == VcpuState.BLOCKED ? timerDeadline() : PhysicalCore.NEVER;
    }

    @Override
    public boolean timerFired(long now) {
        return deadline(now) <= now;
    }

    /** Time at which the vCPU's own timer ends its wait; NEVER when it does not. */
    private long timerDeadline() {
        long compare = get(Csr.VSTIMECMP);
        if ((get(Csr.VSIE) & VSIE_TIMER) == 0 || compare < 0) {
            return PhysicalCore.NEVER;
        }
        long at = compare + vm.epoch();
        return at < 0 ? PhysicalCore.NEVER : at;
    }
}
