package org.shyperlab.hypervisor;

import org.shyperlab.emulator.core.Core;
import org.shyperlab.emulator.core.Trap;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vm.VmState;

/** Who watches the hypervisor: consoles, counters, traces. Called on the machine's thread; what it is told must be used at once. */
public interface HypervisorListener {
    /** Watches nothing. */
    HypervisorListener NONE = new HypervisorListener() {};

    /** A guest wrote a byte to its emulated serial port. */
    default void consoleOutput(int vm, byte value) {}

    /** A VM changed its state. */
    default void stateChanged(int vm, VmState state) {}

    /** A VM is gone; its id may be given to another one. */
    default void removed(int vm) {}

    /** A vCPU trapped; called before the trap is handled, for every trap. */
    default void trapped(Vcpu vcpu, Core core, Trap trap) {}

    /** A physical interrupt was acknowledged on a core: its INTID at the GIC, its source at the PLIC. */
    default void interruptTaken(int core, int interrupt) {}

    /** An interrupt was put into a list register of a vCPU, or into hvip: then it is numbered as scause of the guest does. */
    default void interruptInjected(Vcpu vcpu, int interrupt) {}

    /** A VM was stopped because its guest did something impossible. */
    default void failed(FailureReport report) {}

    /** A guest did something wrong that it can survive; {@code format} and {@code arguments} as for {@link String#format}. */
    default void guestError(Vcpu vcpu, String format, Object... arguments) {}

    /** Where a VM's emulated devices report what its guest did wrong. Asked once per device, while the VM is built. */
    default GuestErrors deviceErrors(int vm) {
        return GuestErrors.IGNORE;
    }

    /** The hypervisor's own console: one line, as it would print it on its serial port. */
    default void message(String line) {}
}
