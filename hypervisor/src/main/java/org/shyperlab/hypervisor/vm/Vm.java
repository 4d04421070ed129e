package org.shyperlab.hypervisor.vm;

import java.util.List;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.vcpu.Vcpu;

/** A virtual machine. */
public class Vm {
    private final int id;
    private final VmConfig config;
    private VmState state = VmState.INACTIVE;

    /** VM {@code id}; 0 is the management VM. */
    protected Vm(int id, VmConfig config) {
        this.id = id;
        this.config = config;
    }

    /** Number of the VM; 0 is the management VM. */
    public final int id() {
        return id;
    }

    /** What it was built from. */
    public final VmConfig config() {
        return config;
    }

    /** Its name. */
    public final String name() {
        return config.name();
    }

    /** Where it is in its life. */
    public final VmState state() {
        return state;
    }

    /** Changes the state; for the hypervisor. */
    public final void state(VmState value) {
        state = value;
    }

    /** Its vCPUs. */
    public List<? extends Vcpu> vcpus() {
        return List.of();
    }
}
