package org.shyperlab.hypervisor.hypercall;

/** Says no: the caller gets the number, whoever watches the hypervisor the reason. */
final class Refusals {
    private final VmManager manager;

    Refusals(VmManager manager) {
        this.manager = manager;
    }

    /** The error's code, after telling why; {@code why} and {@code arguments} as for {@link String#format}. */
    long refuse(int caller, Hypercall call, HypercallError error, String why, Object... arguments) {
        manager.mistake(caller, "hypercall " + call + ", " + error.text() + ": " + why, arguments);
        return error.code();
    }
}
