package org.shyperlab.hypervisor.hypercall;

import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmState;

/** SYS: the whole system. */
final class SystemCalls {
    private static final long OK = 0;

    private final VmManager manager;
    private final Refusals refusals;

    SystemCalls(VmManager manager, Refusals refusals) {
        this.manager = manager;
        this.refusals = refusals;
    }

    long call(Vcpu caller, Hypercall call, long[] arguments) {
        return switch (call) {
            case REBOOT -> end(caller, call, arguments[0] == 1, true);
            case SHUTDOWN -> end(caller, call, arguments[0] == 1, false);
            case TEST -> {
                refusals.print("HVC SYS TEST");
                yield OK;
            }
            default -> HypercallError.UNKNOWN_CALL.code();
        };
    }

    private long end(Vcpu caller, Hypercall call, boolean force, boolean restart) {
        Vm other = force ? null : runningBeside(caller.vm());
        if (other != null) {
            return refusals.refuse(
                    caller, call, HypercallError.WRONG_STATE, "VM %d (%s) still runs", other.id(), other.name());
        }
        manager.endSystem(restart);
        return OK;
    }

    private @Nullable Vm runningBeside(int caller) {
        for (Vm vm : manager.vms()) {
            if (vm.id() != caller && vm.state() == VmState.ACTIVE) {
                return vm;
            }
        }
        return null;
    }
}
