package org.shyperlab.hypervisor.hypercall;

import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.vcpu.Vcpu;

/** Says no: the caller gets the number, whoever watches the hypervisor the reason. */
final class Refusals {
    private final HypervisorListener listener;

    Refusals(HypervisorListener listener) {
        this.listener = listener;
    }

    /** The error's code, after telling the listener why; {@code why} and {@code arguments} as for {@link String#format}. */
    long refuse(Vcpu caller, Hypercall call, HypercallError error, String why, Object... arguments) {
        listener.guestError(caller, "hypercall " + call + ", " + error.text() + ": " + why, arguments);
        return error.code();
    }

    /** A line on the hypervisor's console. */
    void print(String line) {
        listener.message(line);
    }
}
