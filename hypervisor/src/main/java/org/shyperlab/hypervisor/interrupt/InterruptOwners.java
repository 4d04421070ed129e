package org.shyperlab.hypervisor.interrupt;

import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.PlatformDescription.InterruptController;
import org.shyperlab.hypervisor.vm.Vm;

/** Which VM owns which of the board's shared interrupts. */
public final class InterruptOwners {
    private final @Nullable Vm[] owners;
    private final int first;

    /** Nobody owns anything. */
    public InterruptOwners(InterruptController controller) {
        owners = new Vm[controller.count()];
        first = controller.firstShared();
    }

    /** Whether the interrupt is a device's, which one VM can own, and not a core's, which every VM has. */
    public boolean isShared(int interrupt) {
        return interrupt >= first;
    }

    /**
     * The VM gets the interrupt.
     *
     * @throws IllegalArgumentException when the board has no such interrupt or another VM owns it
     */
    public void claim(int interrupt, Vm vm) {
        if (interrupt >= owners.length) {
            throw new IllegalArgumentException("%s: the board's interrupts are %d to %d, not %d"
                    .formatted(vm, first, owners.length - 1, interrupt));
        }
        Vm owner = owners[interrupt];
        if (owner != null && owner != vm) {
            throw new IllegalArgumentException("interrupt %d of %s belongs to %s".formatted(interrupt, vm, owner));
        }
        owners[interrupt] = vm;
    }

    /** The VM gives up all its interrupts. */
    public void release(Vm vm) {
        for (int interrupt = 0; interrupt < owners.length; interrupt++) {
            if (owners[interrupt] == vm) {
                owners[interrupt] = null;
            }
        }
    }

    /** The owner of an interrupt that the board raised, or null. */
    public @Nullable Vm of(int interrupt) {
        return interrupt < owners.length ? owners[interrupt] : null;
    }

    /** Number of interrupts that are owned. */
    public int claimed() {
        int count = 0;
        for (Vm owner : owners) {
            if (owner != null) {
                count++;
            }
        }
        return count;
    }
}
