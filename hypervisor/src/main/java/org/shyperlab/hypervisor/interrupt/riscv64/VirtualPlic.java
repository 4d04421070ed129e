package org.shyperlab.hypervisor.interrupt.riscv64;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.plic.Plic;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.hypervisor.vcpu.Vcpu;

/**
 * The PLIC that a VM sees: a PLIC of its own, whose supervisor contexts drive the vCPUs' external interrupts. Sources that the VM owns
 * on the board are <em>linked</em>: priority and enables go on to the board's PLIC, and an interrupt that the hypervisor has claimed
 * there ({@link #raise}) stays in flight until the guest completes it here. Nothing a guest writes reaches a source that is not linked.
 */
public final class VirtualPlic implements VirtualController {
    /** The vCPUs' external interrupts. */
    @FunctionalInterface
    public interface Pins {
        /** The external interrupt of vCPU {@code vcpu} (hvip.VSEIP) changes. */
        void external(int vcpu, boolean asserted);
    }

    private static final int NOT_CLAIMED = -1;

    private final Plic plic;
    private final PhysicalPlic physical;
    private final int[] harts;
    private final long size;
    private final boolean[] linked;
    /** By source: the hart at which it was claimed from the board's PLIC and is still to be completed. */
    private final int[] claimedAt;
    /** By source: whether the guest has claimed what was raised. */
    private final boolean[] inService;

    /**
     * A virtual PLIC in reset state, with as many sources as the board's.
     *
     * @param name the instance's name
     * @param physical the board's PLIC
     * @param harts the hart of each vCPU
     * @param priorityBits bits of a priority
     * @param pins the vCPUs' external interrupts
     * @param size of the register window
     * @param errors where the guest's mistakes are reported
     */
    public VirtualPlic(
            String name,
            PhysicalPlic physical,
            int[] harts,
            int priorityBits,
            Pins pins,
            long size,
            GuestErrors errors) {
        this.physical = physical;
        this.harts = harts.clone();
        this.size = size;
        List<InterruptLine> contexts = new ArrayList<>();
        for (int i = 0; i < harts.length; i++) {
            int vcpu = i;
            contexts.add(InterruptLine.UNCONNECTED);
            contexts.add(high -> pins.external(vcpu, high));
        }
        plic = new Plic(name, physical.sources(), priorityBits, contexts, errors);
        linked = new boolean[physical.sources() + 1];
        inService = new boolean[linked.length];
        claimedAt = new int[linked.length];
        Arrays.fill(claimedAt, NOT_CLAIMED);
    }

    @Override
    public void link(int source) {
        if (source < 1 || source >= linked.length) {
            throw new IllegalArgumentException("%s: the board's PLIC has sources 1 to %d, not %d"
                    .formatted(plic.name(), physical.sources(), source));
        }
        linked[source] = true;
    }

    /** Whether the VM owns a source of the board. */
    public boolean isLinked(int source) {
        return linked[source];
    }

    @Override
    public InterruptLine source(int source) {
        return plic.source(source);
    }

    /** A linked source was claimed from the board's PLIC at {@code hart}: the guest gets it now and completes it there later. */
    public void raise(int source, int hart) {
        claimedAt[source] = hart;
        plic.source(source).set(true);
    }

    /** Reset state; what is in flight at the board's PLIC is completed, and all of the VM's sources are disabled there. */
    @Override
    public void reset() {
        for (int source = 1; source < linked.length; source++) {
            if (linked[source]) {
                lower(source);
                release(source);
                for (int hart : harts) {
                    physical.enable(hart, source, false);
                }
                physical.priority(harts[0], source, 0);
            }
        }
        plic.reset();
    }

    /** The guest is done with a source: a linked one goes low. */
    private void lower(int source) {
        inService[source] = false;
        if (claimedAt[source] != NOT_CLAIMED) {
            plic.source(source).set(false);
        }
    }

    /** Opens the board's gateway for a linked source again, which may raise it at once. */
    private void release(int source) {
        int hart = claimedAt[source];
        if (hart != NOT_CLAIMED) {
            claimedAt[source] = NOT_CLAIMED;
            physical.complete(hart, source);
        }
    }

    @Override
    public String name() {
        return plic.name();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long read(Vcpu vcpu, long offset, int width) {
        if (offset >= plic.size()) {
            return 0;
        }
        long value = plic.read(vcpu.core(), offset, width);
        if (isClaim(offset) && width == 4 && value != 0) {
            inService[(int) value] = true;
        }
        return value;
    }

    @Override
    public void write(Vcpu vcpu, long offset, int width, long value) {
        if (offset >= plic.size()) {
            return;
        }
        boolean word = width == 4 && (offset & 3) == 0;
        if (word && isClaim(offset)) {
            complete(vcpu, offset, value);
            return;
        }
        plic.write(vcpu.core(), offset, width, value);
        if (!word) {
            return;
        }
        if (offset < PlicMap.PENDING) {
            forwardPriority(vcpu, (int) (offset >>> 2));
        } else if (offset >= PlicMap.ENABLES && offset < PlicMap.CONTEXTS) {
            forwardEnables(vcpu, offset);
        }
    }

    private static boolean isClaim(long offset) {
        return offset >= PlicMap.CONTEXTS && (offset & PlicMap.CONTEXT_STRIDE - 1) == PlicMap.CLAIM;
    }

    private void complete(Vcpu vcpu, long offset, long value) {
        int context = (int) ((offset - PlicMap.CONTEXTS) / PlicMap.CONTEXT_STRIDE);
        boolean exists = value >= 1 && value < linked.length && context < harts.length * 2;
        int source = exists ? (int) value : 0;
        boolean counts = exists && inService[source] && isEnabled(vcpu, context, source);
        if (counts) {
            lower(source);
        }
        plic.write(vcpu.core(), offset, 4, value);
        if (counts) {
            release(source);
        }
    }

    private boolean isEnabled(Vcpu vcpu, int context, int source) {
        long word = plic.read(vcpu.core(), PlicMap.enable(context, source), 4);
        return (word >>> (source & 31) & 1) != 0;
    }

    private void forwardPriority(Vcpu vcpu, int source) {
        if (source >= 1 && source < linked.length && linked[source]) {
            physical.priority(vcpu.core(), source, (int) plic.read(vcpu.core(), source * 4L, 4));
        }
    }

    private void forwardEnables(Vcpu vcpu, long offset) {
        int context = (int) ((offset - PlicMap.ENABLES) / PlicMap.ENABLES_STRIDE);
        int first = (int) (offset - PlicMap.ENABLES - context * PlicMap.ENABLES_STRIDE) * 8;
        if (!PlicMap.isSupervisor(context) || PlicMap.hart(context) >= harts.length) {
            return;
        }
        long bits = plic.read(vcpu.core(), offset, 4);
        for (int i = 0; i < 32 && first + i < linked.length; i++) {
            if (linked[first + i]) {
                physical.enable(harts[PlicMap.hart(context)], first + i, (bits >>> i & 1) != 0);
            }
        }
    }
}
