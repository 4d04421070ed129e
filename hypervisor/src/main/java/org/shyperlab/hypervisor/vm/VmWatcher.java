package org.shyperlab.hypervisor.vm;

/** Who must know when VMs stop: what they were given beyond their own memory and devices ends with them. */
public interface VmWatcher {
    /** Watches nothing. */
    VmWatcher NONE = new VmWatcher() {};

    /** All vCPUs of a VM have stopped, for whatever reason. */
    default void stopped(Vm vm) {}

    /** A VM restarts whose images hypercalls had brought: they must come again before it can be booted. */
    default void needsImages(Vm vm) {}

    /** A VM is gone. */
    default void removed(Vm vm) {}
}
