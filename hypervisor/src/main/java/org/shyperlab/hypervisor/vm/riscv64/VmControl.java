package org.shyperlab.hypervisor.vm.riscv64;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.riscv64.Csr;
import org.shyperlab.emulator.core.riscv64.Rv64Core;
import org.shyperlab.emulator.core.riscv64.Rv64Trap;
import org.shyperlab.emulator.firmware.Sbi;
import org.shyperlab.hypervisor.FailureReport;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.interrupt.riscv64.VirtualPlic;
import org.shyperlab.hypervisor.memory.StageTwoWalk;
import org.shyperlab.hypervisor.scheduler.riscv64.Harts;
import org.shyperlab.hypervisor.scheduler.riscv64.PhysicalHart;
import org.shyperlab.hypervisor.vcpu.VcpuState;
import org.shyperlab.hypervisor.vcpu.riscv64.Rv64Vcpu;
import org.shyperlab.hypervisor.vm.VmState;

/** Life and death of VMs: start, power control of vCPUs, failure, and what happens to the board when the last VM is gone. */
public final class VmControl {
    private static final long SHUTDOWN = 0;
    private static final long COLD_REBOOT = 1;

    private final List<Rv64Vm> vms;
    private final Harts harts;
    private final HypervisorListener listener;

    /** Controls these VMs; VM 0 is the management VM. */
    public VmControl(List<Rv64Vm> vms, Harts harts, HypervisorListener listener) {
        this.vms = List.copyOf(vms);
        this.harts = harts;
        this.listener = listener;
    }

    /** All VMs, by id. */
    public List<Rv64Vm> vms() {
        return vms;
    }

    /** Starts a VM whose RAM is loaded: vCPU 0 begins at the entry point. Called on vCPU 0's hart. */
    public void start(Rv64Vm vm, PhysicalHart hart) {
        Rv64Vcpu first = vm.vcpus().get(0);
        vm.timeOffset(-hart.core().get(Csr.TIME));
        vm.resetting(false);
        setState(vm, VmState.ACTIVE);
        first.startAt(vm.entryPoint(), vm.bootArgument());
        first.state(VcpuState.STARTING);
        hart.start(first);
    }

    private void setState(Rv64Vm vm, VmState state) {
        vm.state(state);
        listener.stateChanged(vm.id(), state);
    }

    /** Powers on a vCPU that is off. */
    public void powerOn(Rv64Vcpu vcpu, long entry, long argument) {
        vcpu.startAt(entry, argument);
        vcpu.state(VcpuState.STARTING);
        PhysicalHart hart = harts.get(vcpu.core());
        if (hart == harts.executing()) {
            hart.start(vcpu);
        } else {
            harts.request(vcpu, Rv64Vcpu.REQUEST_START);
        }
    }

    /** Powers off a vCPU on its own hart. */
    public void powerOff(Rv64Vcpu vcpu) {
        harts.get(vcpu.core()).stop(vcpu);
        stopped(vcpu.machine());
    }

    /** The VM's guest switched its system off. */
    public void systemOff(Rv64Vm vm) {
        stopAll(vm, VmState.OFF);
    }

    /**
     * The VM's guest asked for a reset. The management VM resets the board, as it would without a hypervisor; any other VM is loaded
     * again and starts over once all its vCPUs have stopped.
     */
    public void systemReset(Rv64Vm vm) {
        if (vm.id() == 0) {
            for (Rv64Vm other : vms) {
                if (other.state() == VmState.ACTIVE) {
                    stopVcpus(other);
                    setState(other, VmState.OFF);
                }
            }
            resetBoard(COLD_REBOOT);
            return;
        }
        vm.resetting(true);
        setState(vm, VmState.PENDING);
        stopVcpus(vm);
    }

    private void resetBoard(long type) {
        PhysicalHart executing = harts.executing();
        if (executing != null) {
            executing.core().callFirmware(Sbi.SRST, 0, type, 0, 0);
        }
    }

    private void stopAll(Rv64Vm vm, VmState state) {
        setState(vm, state);
        stopVcpus(vm);
        for (Rv64Vm other : vms) {
            if (other.state() == VmState.ACTIVE || other.state() == VmState.PENDING) {
                return;
            }
        }
        resetBoard(SHUTDOWN);
    }

    private void stopVcpus(Rv64Vm vm) {
        for (Rv64Vcpu vcpu : vm.vcpus()) {
            if (vcpu.state() == VcpuState.OFF) {
                continue;
            }
            PhysicalHart hart = harts.get(vcpu.core());
            if (hart == harts.executing()) {
                hart.stop(vcpu);
            } else {
                harts.request(vcpu, Rv64Vcpu.REQUEST_STOP);
            }
        }
        stopped(vm);
    }

    /** After a vCPU stopped: when it was the last of its VM, cleans up, and starts the VM over if that was asked for. */
    private void stopped(Rv64Vm vm) {
        for (Rv64Vcpu vcpu : vm.vcpus()) {
            if (vcpu.state() != VcpuState.OFF) {
                return;
            }
        }
        if (vm.state() == VmState.ACTIVE) {
            return; // all vCPUs stopped themselves: silly, but the VM's own affair
        }
        VirtualPlic plic = vm.plic();
        if (plic != null) {
            plic.reset();
        }
        if (vm.isResetting()) {
            vm.load(true);
            vm.resetting(false);
            harts.request(vm.vcpus().get(0), Rv64Vcpu.REQUEST_START);
        }
    }

    /** Carries out the requests that other harts left for vCPUs of this hart. */
    public void serveRequests(PhysicalHart hart) {
        for (Rv64Vcpu vcpu = hart.nextRequest(); vcpu != null; vcpu = hart.nextRequest()) {
            int requests = vcpu.takeRequests();
            Rv64Vm vm = vcpu.machine();
            if ((requests & Rv64Vcpu.REQUEST_STOP) != 0) {
                if (vcpu.state() != VcpuState.OFF) {
                    hart.stop(vcpu);
                    stopped(vm);
                }
            } else if ((requests & Rv64Vcpu.REQUEST_START) != 0) {
                if (vm.state() == VmState.PENDING) {
                    start(vm, hart);
                } else if (vm.state() == VmState.ACTIVE) {
                    hart.start(vcpu);
                }
            } else if (vcpu.state() != VcpuState.OFF) {
                hart.interruptsChanged(vcpu);
            }
        }
    }

    /** Stops a VM because of what its guest did; the others run on. */
    public void fail(Rv64Vcpu vcpu, Rv64Core core, Rv64Trap trap, String reason) {
        Rv64Vm vm = vcpu.machine();
        long guestPhysical = 0;
        @Nullable StageTwoWalk walk = null;
        if (trap instanceof Rv64Trap.GuestPageFault fault) {
            guestPhysical = fault.guestPhysical();
            walk = vm.stageTwo().walk(guestPhysical);
        }
        List<Long> registers = new ArrayList<>();
        for (int n = 0; n < 32; n++) {
            registers.add(core.x(n));
        }
        listener.failed(new FailureReport(
                vm.id(),
                vm.name(),
                vcpu.index(),
                core.index(),
                reason,
                trap.kind(),
                core.privilege(),
                core.pc(),
                core.get(Csr.VSSTATUS),
                trap.cause(),
                trap.value(),
                guestPhysical,
                walk,
                registers,
                vcpu.recentTraps().entries()));
        stopAll(vm, VmState.FAILED);
    }
}
