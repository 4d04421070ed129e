package org.shyperlab.hypervisor.vm.aarch64;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.Trap;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.core.aarch64.A64Trap;
import org.shyperlab.emulator.core.aarch64.SysReg;
import org.shyperlab.hypervisor.FailureReport;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.memory.StageTwoWalk;
import org.shyperlab.hypervisor.scheduler.aarch64.Cores;
import org.shyperlab.hypervisor.scheduler.aarch64.PhysicalCore;
import org.shyperlab.hypervisor.vcpu.VcpuState;
import org.shyperlab.hypervisor.vcpu.aarch64.A64Vcpu;
import org.shyperlab.hypervisor.vm.VmState;

/** Life and death of VMs: start, power control of vCPUs, failure, and what happens to the board when the last VM is gone. */
public final class VmControl {
    private static final long PSCI_SYSTEM_OFF = 0x8400_0008L;
    private static final long PSCI_SYSTEM_RESET = 0x8400_0009L;

    private final List<A64Vm> vms;
    private final Cores cores;
    private final HypervisorListener listener;

    /** Controls these VMs; VM 0 is the management VM. */
    public VmControl(List<A64Vm> vms, Cores cores, HypervisorListener listener) {
        this.vms = List.copyOf(vms);
        this.cores = cores;
        this.listener = listener;
    }

    /** All VMs, by id. */
    public List<A64Vm> vms() {
        return vms;
    }

    /** Starts a VM whose RAM is loaded: vCPU 0 begins at the entry point. Called on vCPU 0's core. */
    public void start(A64Vm vm, PhysicalCore core) {
        A64Vcpu first = vm.vcpus().get(0);
        vm.counterOffset(core.core().get(SysReg.CNTPCT_EL0));
        vm.resetting(false);
        setState(vm, VmState.ACTIVE);
        first.startAt(vm.entryPoint(), vm.bootArgument());
        first.state(VcpuState.STARTING);
        core.start(first);
    }

    private void setState(A64Vm vm, VmState state) {
        vm.state(state);
        listener.stateChanged(vm.id(), state);
    }

    /** Powers on a vCPU that is off. */
    public void powerOn(A64Vcpu vcpu, long entry, long argument) {
        vcpu.startAt(entry, argument);
        vcpu.state(VcpuState.STARTING);
        PhysicalCore core = cores.get(vcpu.core());
        if (core == cores.executing()) {
            core.start(vcpu);
        } else {
            cores.request(vcpu, A64Vcpu.REQUEST_START);
        }
    }

    /** Powers off a vCPU on its own core. */
    public void powerOff(A64Vcpu vcpu) {
        cores.get(vcpu.core()).stop(vcpu);
        stopped(vcpu.machine());
    }

    /** The VM's guest switched its system off. */
    public void systemOff(A64Vm vm) {
        stopAll(vm, VmState.OFF);
    }

    /**
     * The VM's guest asked for a reset. The management VM resets the board, as it would without a hypervisor; any other VM is loaded
     * again and starts over once all its vCPUs have stopped.
     */
    public void systemReset(A64Vm vm, A64Core core) {
        if (vm.id() == 0) {
            for (A64Vm other : vms) {
                if (other.state() == VmState.ACTIVE) {
                    stopVcpus(other);
                    setState(other, VmState.OFF);
                }
            }
            core.callFirmware(PSCI_SYSTEM_RESET, 0, 0, 0);
            return;
        }
        vm.resetting(true);
        setState(vm, VmState.PENDING);
        stopVcpus(vm);
    }

    private void stopAll(A64Vm vm, VmState state) {
        setState(vm, state);
        stopVcpus(vm);
        for (A64Vm other : vms) {
            if (other.state() == VmState.ACTIVE || other.state() == VmState.PENDING) {
                return;
            }
        }
        PhysicalCore executing = cores.executing();
        if (executing != null) {
            executing.core().callFirmware(PSCI_SYSTEM_OFF, 0, 0, 0);
        }
    }

    private void stopVcpus(A64Vm vm) {
        for (A64Vcpu vcpu : vm.vcpus()) {
            if (vcpu.state() == VcpuState.OFF) {
                continue;
            }
            PhysicalCore core = cores.get(vcpu.core());
            if (core == cores.executing()) {
                core.stop(vcpu);
            } else {
                cores.request(vcpu, A64Vcpu.REQUEST_STOP);
            }
        }
        stopped(vm);
    }

    /** After a vCPU stopped: when it was the last of its VM, cleans up, and starts the VM over if that was asked for. */
    private void stopped(A64Vm vm) {
        for (A64Vcpu vcpu : vm.vcpus()) {
            if (vcpu.state() != VcpuState.OFF) {
                return;
            }
        }
        if (vm.state() == VmState.ACTIVE) {
            return; // all vCPUs called CPU_OFF: silly, but the VM's own affair
        }
        vm.distributor().reset();
        if (vm.isResetting()) {
            vm.load(true);
            vm.resetting(false);
            cores.request(vm.vcpus().get(0), A64Vcpu.REQUEST_START);
        }
    }

    /** Carries out the requests that other cores left for vCPUs of this core. */
    public void serveRequests(PhysicalCore core) {
        for (A64Vcpu vcpu = core.nextRequest(); vcpu != null; vcpu = core.nextRequest()) {
            int requests = vcpu.takeRequests();
            A64Vm vm = vcpu.machine();
            if ((requests & A64Vcpu.REQUEST_STOP) != 0) {
                if (vcpu.state() != VcpuState.OFF) {
                    core.stop(vcpu);
                    stopped(vm);
                }
            } else if ((requests & A64Vcpu.REQUEST_START) != 0) {
                if (vm.state() == VmState.PENDING) {
                    start(vm, core);
                } else if (vm.state() == VmState.ACTIVE) {
                    core.start(vcpu);
                }
            } else if (vcpu.state() != VcpuState.OFF) {
                core.interruptsChanged(vcpu);
            }
        }
    }

    /** Stops a VM because of what its guest did; the others run on. */
    public void fail(A64Vcpu vcpu, PhysicalCore core, Trap trap, String reason) {
        A64Vm vm = vcpu.machine();
        listener.failed(report(vcpu, core.core(), (A64Trap) trap, reason));
        stopAll(vm, VmState.FAILED);
    }

    private static FailureReport report(A64Vcpu vcpu, A64Core core, A64Trap trap, String reason) {
        A64Vm vm = vcpu.machine();
        long virtual = 0;
        long ipa = 0;
        StageTwoWalk walk = null;
        if (trap instanceof A64Trap.Abort abort) {
            virtual = abort.virtualAddress();
            ipa = abort.ipa();
            walk = vm.stageTwo().walk(ipa);
        } else if (trap instanceof A64Trap.Other other) {
            virtual = other.virtualAddress();
        }
        List<Long> registers = new ArrayList<>();
        for (int n = 0; n < 31; n++) {
            registers.add(core.x(n));
        }
        int level = (int) core.spsr() >>> 2 & 3;
        return new FailureReport(
                vm.id(),
                vm.name(),
                vcpu.index(),
                core.index(),
                reason,
                trap.kind(),
                level,
                core.pc(),
                core.spsr(),
                trap.syndrome(),
                virtual,
                ipa,
                walk,
                registers,
                vcpu.recentTraps().entries());
    }

    /** The vCPU of a VM with this affinity, or null. */
    public static @Nullable A64Vcpu byAffinity(A64Vm vm, long affinity) {
        long index = affinity & 0xff_00ff_ffffL;
        return index < vm.vcpus().size() ? vm.vcpus().get((int) index) : null;
    }
}
