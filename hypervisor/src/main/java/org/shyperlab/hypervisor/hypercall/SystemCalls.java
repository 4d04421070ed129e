package org.shyperlab.hypervisor.hypercall;

import org.jspecify.annotations.Nullable;

/** SYS: the whole system. */
final class SystemCalls {
    private static final long OK = 0;

    private final VmManager manager;
    private final Refusals refusals;

    SystemCalls(VmManager manager, Refusals refusals) {
        this.manager = manager;
        this.refusals = refusals;
    }

    long call(int caller, Hypercall call, long[] arguments) {
        return switch (call) {
            case REBOOT -> end(caller, call, arguments[0] == 1, true);
            case SHUTDOWN -> end(caller, call, arguments[0] == 1, false);
            case TEST -> {
                manager.message("HVC SYS TEST");
                yield OK;
            }
            default -> HypercallError.UNKNOWN_CALL.code();
        };
    }

    private long end(int caller, Hypercall call, boolean force, boolean restart) {
        VmEntry other = force ? null : runningBeside(caller);
        if (other != null) {
            return refusals.refuse(
                    caller, call, HypercallError.WRONG_STATE, "VM %d (%s) still runs", other.id(), other.name());
        }
        manager.endSystem(restart);
        return OK;
    }

    private @Nullable VmEntry runningBeside(int caller) {
        for (VmEntry vm : manager.vms()) {
            if (vm.id() != caller && vm.state().isAlive()) {
                return vm;
            }
        }
        return null;
    }
}
