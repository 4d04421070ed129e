package org.shyperlab.hypervisor.vm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.FailureReport;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.scheduler.Cores;
import org.shyperlab.hypervisor.scheduler.PhysicalCore;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vcpu.VcpuState;
import org.shyperlab.hypervisor.vm.Vm.Ending;

/**
 * Life and death of VMs: creation, start, pause, reset, stop, removal, failure, power control of vCPUs, and what happens to the board
 * when the last VM is gone. Every order may come from a guest's call, on a core, or from outside, between two turns of the machine.
 * Orders to vCPUs of other cores are requests, so what was asked for is complete only when those cores have served them.
 */
public final class VmControl {
    private final VmBuilder builder;
    private final Cores cores;
    private final HypervisorListener listener;
    /** In the order of their ids. */
    private final List<Vm> vms = new ArrayList<>();

    private VmWatcher watcher = VmWatcher.NONE;

    /** Controls the VMs that {@code builder} makes. */
    public VmControl(VmBuilder builder, Cores cores, HypervisorListener listener) {
        this.builder = builder;
        this.cores = cores;
        this.listener = listener;
    }

    /** Sets who is told when VMs stop; once, before the first VM runs. */
    public void watcher(VmWatcher newWatcher) {
        watcher = newWatcher;
    }

    /** What hands out memory and interrupts. */
    public VmBuilder builder() {
        return builder;
    }

    /** All VMs, in the order of their ids. */
    public List<Vm> vms() {
        return vms;
    }

    /** A VM by its id, or null. */
    public @Nullable Vm find(long id) {
        for (Vm vm : vms) {
            if (vm.id() == id) {
                return vm;
            }
        }
        return null;
    }

    /** What VMs have at the moment, for those who check that nothing is lost. */
    public VmBuilder.Ledger ledger() {
        return builder.ledger();
    }

    /**
     * Makes a VM with the smallest free id. It is inactive; its images are loaded when it is booted.
     *
     * @throws org.shyperlab.hypervisor.memory.OutOfHypervisorMemory when the board has too little memory left; nothing is kept
     * @throws IllegalArgumentException when the configuration contradicts the board or another VM; nothing is kept
     */
    public Vm create(VmSetup setup) {
        int id = 0;
        while (id < vms.size() && vms.get(id).id() == id) {
            id++;
        }
        return create(id, setup);
    }

    /** As above, with an id that no VM has. */
    public Vm create(int id, VmSetup setup) {
        Vm vm = builder.build(id, setup);
        int place = 0;
        while (place < vms.size() && vms.get(place).id() < id) {
            place++;
        }
        vms.add(place, vm);
        return vm;
    }

    private void setState(Vm vm, VmState state) {
        vm.state(state);
        listener.stateChanged(vm.id(), state);
    }

    /** Loads a VM that does not run, and has it started by the core of its first vCPU; false when it runs or is still stopping. */
    public boolean boot(Vm vm) {
        if (!vm.mayBoot()) {
            return false;
        }
        prepare(vm);
        cores.powerOnNeeded(executing());
        cores.request(vm.vcpus().get(0), Vcpu.REQUEST_START);
        return true;
    }

    /** Loads a VM, which the core of its first vCPU is to start. */
    public void prepare(Vm vm) {
        vm.load();
        vm.ending(Ending.REST);
        setState(vm, VmState.PENDING);
    }

    /** The core that executes, or core 0 when an order comes from outside. */
    private PhysicalCore executing() {
        PhysicalCore here = cores.executing();
        return here == null ? cores.get(0) : here;
    }

    /** A core has begun: starts the VM if it waits for that. */
    public void startHere(Vm vm, PhysicalCore core) {
        if (vm.state() == VmState.PENDING && vm.vcpus().get(0).home() == core) {
            start(vm);
        }
    }

    /** Starts a VM whose RAM is loaded: vCPU 0 begins at the entry point. Called on vCPU 0's core. */
    private void start(Vm vm) {
        Vcpu first = vm.vcpus().get(0);
        first.cancel(Vcpu.REQUEST_START); // its core has begun with it before it looked at its requests
        vm.startClock(first.home().now());
        setState(vm, VmState.ACTIVE);
        first.startAt(vm.config().image().entryPoint(), vm.config().image().deviceTreeAddress());
        first.home().start(first);
    }

    /**
     * Powers on a vCPU that is off. Nothing happens when its VM has been told to stop or to start over: the vCPU that asks for this has
     * not heard of it yet, because the clock of its core is behind.
     */
    public void powerOn(Vcpu vcpu, long entry, long argument) {
        VmState state = vcpu.machine().state();
        if (state != VmState.ACTIVE && state != VmState.PAUSED) {
            return;
        }
        vcpu.startAt(entry, argument);
        vcpu.state(VcpuState.STARTING);
        if (vcpu.home() == cores.executing()) {
            vcpu.home().start(vcpu);
        } else {
            cores.request(vcpu, Vcpu.REQUEST_START);
        }
    }

    /** Powers off a vCPU on its own core. */
    public void powerOff(Vcpu vcpu) {
        vcpu.home().stop(vcpu);
        stopped(vcpu.machine());
    }

    /** Everything of a VM stands still, its time too; false when it does not run. */
    public boolean pause(Vm vm) {
        if (vm.state() != VmState.ACTIVE) {
            return false;
        }
        setState(vm, VmState.PAUSED);
        vm.stopClock(executing().now());
        for (Vcpu vcpu : vm.vcpus()) {
            vcpu.cancel(Vcpu.REQUEST_RESUME);
            if (vcpu.state() == VcpuState.OFF || vcpu.state() == VcpuState.STARTING) {
                continue;
            }
            boolean itself = vcpu == vcpu.home().running(); // which finishes its call before it stands still
            if (vcpu.home() == cores.executing() && !itself) {
                vcpu.home().pause(vcpu);
            } else {
                halt(vcpu, Vcpu.REQUEST_PAUSE);
            }
        }
        return true;
    }

    /** A paused VM goes on; false when it is not paused. */
    public boolean resume(Vm vm) {
        if (vm.state() != VmState.PAUSED) {
            return false;
        }
        vm.stageTwo().giveBack();
        vm.resumeClock(executing().now());
        setState(vm, VmState.ACTIVE);
        for (Vcpu vcpu : vm.vcpus()) {
            vcpu.cancel(Vcpu.REQUEST_PAUSE);
            if (vcpu.state() == VcpuState.PAUSED) {
                cores.request(vcpu, Vcpu.REQUEST_RESUME);
            } else if (vcpu.state() == VcpuState.STARTING) {
                cores.request(vcpu, Vcpu.REQUEST_START);
            }
        }
        return true;
    }

    /** The VM is switched off, by its guest or from outside; false when it is off. */
    public boolean stop(Vm vm) {
        if (!vm.state().isAlive()) {
            return false;
        }
        vm.ending(Ending.REST);
        stopAll(vm, VmState.OFF);
        return true;
    }

    /**
     * Starts a VM over: it is loaded again once all its vCPUs have stopped. The management VM resets the board, as it would without a
     * hypervisor. False when the VM does not run.
     */
    public boolean reset(Vm vm) {
        if (!vm.state().isAlive()) {
            return false;
        }
        if (vm.id() == 0) {
            for (Vm other : vms) {
                if (other.state().isAlive()) {
                    stopVcpus(other);
                    setState(other, VmState.OFF);
                }
            }
            executing().boardReset();
            return true;
        }
        vm.ending(Ending.RESET);
        setState(vm, VmState.PENDING);
        stopVcpus(vm);
        return true;
    }

    /** Stops a VM and takes it away with all it has: memory, interrupts, cores. */
    public void remove(Vm vm) {
        vm.ending(Ending.REMOVE);
        if (vm.state().isAlive()) {
            stopAll(vm, VmState.OFF);
        } else {
            stopped(vm);
        }
    }

    /** The board was reset, and all of this hypervisor is gone with it: closes what VMs' devices have outside of the board. */
    public void abandon() {
        vms.forEach(builder::abandon);
    }

    /** Stops a VM because of what its guest did; the others run on. */
    public void fail(Vm vm, FailureReport report) {
        listener.failed(report);
        stopAll(vm, VmState.FAILED);
    }

    private void stopAll(Vm vm, VmState state) {
        setState(vm, state);
        stopVcpus(vm);
        for (Vm other : vms) {
            if (other.state().isAlive()) {
                return;
            }
        }
        executing().boardOff();
    }

    private void stopVcpus(Vm vm) {
        for (Vcpu vcpu : vm.vcpus()) {
            vcpu.cancel(Vcpu.REQUEST_START | Vcpu.REQUEST_PAUSE | Vcpu.REQUEST_RESUME); // of the life that ends here
            if (vcpu.state() == VcpuState.OFF) {
                continue;
            }
            if (vcpu.home() == cores.executing()) {
                vcpu.home().stop(vcpu);
            } else {
                halt(vcpu, Vcpu.REQUEST_STOP);
            }
        }
        stopped(vm);
    }

    /**
     * Has a vCPU of another core stopped or paused. A core whose guest owns its interrupts hears no IPI, so the guest's memory is taken
     * away: the next instruction that it fetches traps.
     */
    private void halt(Vcpu vcpu, int request) {
        cores.request(vcpu, request);
        if (vcpu.ownsInterrupts()) {
            vcpu.machine().stageTwo().withhold();
            executing().invalidateTranslations();
            cores.kick(vcpu);
        }
    }

    /** After a vCPU stopped: when it was the last of its VM, cleans up, and does what was decided for this moment. */
    private void stopped(Vm vm) {
        if (!vm.isStill()) {
            return;
        }
        vm.stageTwo().giveBack();
        if (vm.state() == VmState.ACTIVE || vm.state() == VmState.PAUSED) {
            return; // all vCPUs switched themselves off: silly, but the VM's own affair
        }
        vm.resetDevices();
        builder.shared().release(vm);
        executing().invalidateTranslations();
        watcher.stopped(vm);
        switch (vm.ending()) {
            case REST -> {}
            case RESET -> {
                if (vm.isLoadedByCalls()) {
                    setState(vm, VmState.OFF);
                    watcher.needsImages(vm);
                } else {
                    prepare(vm);
                    cores.request(vm.vcpus().get(0), Vcpu.REQUEST_START);
                }
            }
            case REMOVE -> {
                vms.remove(vm);
                builder.release(vm);
                listener.removed(vm.id());
                watcher.removed(vm);
            }
        }
    }

    /** Carries out the requests that other cores left for vCPUs of this core. */
    public void serveRequests(PhysicalCore core) {
        for (Vcpu vcpu = core.nextRequest(); vcpu != null; vcpu = core.nextRequest()) {
            serve(core, vcpu, vcpu.takeRequests());
        }
    }

    private void serve(PhysicalCore core, Vcpu vcpu, int requests) {
        Vm vm = vcpu.machine();
        if ((requests & Vcpu.REQUEST_STOP) != 0) {
            if (vcpu.state() != VcpuState.OFF) {
                core.stop(vcpu);
                stopped(vm);
            }
            return;
        }
        if ((requests & Vcpu.REQUEST_START) != 0) {
            if (vm.state() == VmState.PENDING) {
                start(vm);
            } else if (vm.state() == VmState.ACTIVE) {
                core.start(vcpu);
            }
            return;
        }
        if (vcpu.state() == VcpuState.OFF) {
            return;
        }
        if ((requests & Vcpu.REQUEST_INTERRUPTS) != 0) {
            core.interruptsChanged(vcpu);
        }
        if ((requests & Vcpu.REQUEST_PAUSE) != 0) {
            core.pause(vcpu);
            vm.stopClock(core.now());
            if (vm.isPaused()) {
                vm.stageTwo().giveBack();
            }
        }
        if ((requests & Vcpu.REQUEST_RESUME) != 0 && vcpu.state() == VcpuState.PAUSED) {
            core.resume(vcpu);
        }
        if ((requests & Vcpu.REQUEST_RETRY) != 0 && vcpu.state() == VcpuState.BLOCKED) {
            core.resume(vcpu);
        }
    }
}
