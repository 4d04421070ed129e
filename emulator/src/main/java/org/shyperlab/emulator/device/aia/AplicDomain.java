package org.shyperlab.emulator.device.aia;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.InterruptLine;

/**
 * An interrupt domain of an APLIC: the state of its sources and how they are delivered (AIA 4.5, 4.7). A source belongs to the root
 * domain, or to its child when the root delegates it.
 */
final class AplicDomain {
    static final int DELEGATED = 1 << 10;

    private static final int HART_INDEX = 0xfffc_0000;
    private static final int GUEST_INDEX = 0x3_f000;

    private final Aplic.Parameters parameters;
    private final int[] wires;
    private final MsiSender sender;
    private final MsiAddresses addresses;
    private final @Nullable AplicDomain parent;
    private @Nullable AplicDomain child;
    private final int[] configurations;
    private final int[] targets;
    private final int[] pending;
    private final int[] enabled;
    private final DirectDelivery[] deliveries;
    private boolean interruptEnable;
    private boolean messages;
    private int lastGenerated;

    /**
     * A domain in its reset state.
     *
     * @param wires levels of the source wires, one bit each, shared with the other domain
     * @param parent the root domain, or null if this is it
     * @param pins the harts' external interrupt pins at this domain's level, for direct delivery
     */
    AplicDomain(
            Aplic.Parameters parameters,
            int[] wires,
            MsiSender sender,
            MsiAddresses addresses,
            @Nullable AplicDomain parent,
            InterruptLine[] pins) {
        this.parameters = parameters;
        this.wires = wires;
        this.sender = sender;
        this.addresses = addresses;
        this.parent = parent;
        configurations = new int[parameters.sources() + 1];
        targets = new int[parameters.sources() + 1];
        pending = new int[wires.length];
        enabled = new int[wires.length];
        deliveries = new DirectDelivery[pins.length];
        for (int hart = 0; hart < pins.length; hart++) {
            deliveries[hart] = new DirectDelivery(this, hart, pins[hart]);
        }
        if (parent != null) {
            parent.child = this;
        }
    }

    void reset() {
        Arrays.fill(configurations, 0);
        Arrays.fill(targets, 0);
        Arrays.fill(pending, 0);
        Arrays.fill(enabled, 0);
        interruptEnable = false;
        messages = false;
        lastGenerated = 0;
        for (DirectDelivery delivery : deliveries) {
            delivery.reset();
        }
        if (parent == null) {
            addresses.reset();
        }
        if (child != null) {
            child.forgetAll();
        }
    }

    /** The root was reset: nothing is delegated any more. */
    private void forgetAll() {
        for (int source = 1; source < configurations.length; source++) {
            configure(source, 0);
        }
        updatePins();
    }

    boolean isMachineLevel() {
        return parent == null;
    }

    MsiAddresses addresses() {
        return addresses;
    }

    DirectDelivery delivery(int hart) {
        return deliveries[hart];
    }

    int harts() {
        return deliveries.length;
    }

    int words() {
        return pending.length;
    }

    // ---- domaincfg

    boolean interruptEnable() {
        return interruptEnable;
    }

    boolean messages() {
        return messages;
    }

    /** Writes IE and DM. A new delivery mode gives active sources' targets the lowest legal value (4.5.16 leaves it open). */
    void configureDomain(boolean newEnable, boolean newMessages) {
        interruptEnable = newEnable;
        if (messages != newMessages) {
            messages = newMessages;
            lastGenerated = 0;
            for (int source = 1; source < configurations.length; source++) {
                if (isActive(source)) {
                    targets[source] = legalTarget(0);
                    followLevel(source);
                }
            }
        }
        deliverAll();
    }

    /** Whether this domain drives its pins for pending interrupts. */
    boolean signalsDirectly() {
        return interruptEnable && !messages;
    }

    // ---- sources

    int configuration(int source) {
        return configurations[source];
    }

    /** Writes sourcecfg; of a source that is not this domain's it stays zero. */
    void configureSource(int source, int value) {
        if (parent != null && !parent.isDelegated(source)) {
            return;
        }
        int wanted = SourceMode.of(value & 7);
        if ((value & DELEGATED) != 0) {
            // A leaf cannot delegate; the only child has index 0.
            wanted = child == null ? SourceMode.INACTIVE : DELEGATED;
        }
        if (child != null && isDelegated(source) && wanted != DELEGATED) {
            child.configure(source, SourceMode.INACTIVE);
            child.updatePins();
        }
        configure(source, wanted);
        deliver(source);
    }

    private void configure(int source, int wanted) {
        boolean wasActive = isActive(source);
        configurations[source] = wanted;
        if (!isActive(source)) {
            targets[source] = 0;
            setBit(pending, source, false);
            setBit(enabled, source, false);
        } else {
            targets[source] = wasActive ? targets[source] : legalTarget(0);
            followLevel(source);
        }
    }

    /** A level-sensitive source is pending if its input is high under a new mode, and never when it is low. */
    private void followLevel(int source) {
        if (SourceMode.isLevel(configurations[source])) {
            setBit(pending, source, isRectifiedHigh(source));
        }
    }

    private boolean isDelegated(int source) {
        return configurations[source] == DELEGATED;
    }

    private boolean isActive(int source) {
        return configurations[source] != SourceMode.INACTIVE && configurations[source] != DELEGATED;
    }

    private boolean isRectifiedHigh(int source) {
        return SourceMode.rectified(configurations[source] & 7, (wires[source >>> 5] >>> source & 1) != 0);
    }

    /** The level of a source's wire has changed. */
    void wireChanged(int source) {
        if (child != null && isDelegated(source)) {
            child.wireChanged(source);
            return;
        }
        int mode = configurations[source];
        if (mode < SourceMode.EDGE1) {
            return;
        }
        if (isRectifiedHigh(source)) {
            setBit(pending, source, true);
        } else if (SourceMode.isLevel(mode)) {
            setBit(pending, source, false);
        }
        deliver(source);
    }

    /** in_clrip: rectified input values of 32 sources. */
    int rectified(int word) {
        int value = 0;
        for (int bit = 0; bit < 32; bit++) {
            int source = word * 32 + bit;
            if (source >= 1 && source < configurations.length && isActive(source) && isRectifiedHigh(source)) {
                value |= 1 << bit;
            }
        }
        return value;
    }

    int pending(int word) {
        return pending[word];
    }

    int enabled(int word) {
        return enabled[word];
    }

    int deliverable(int word) {
        return pending[word] & enabled[word];
    }

    /** Software sets a pending bit, as far as the source's mode lets it (4.7). Numbers that are no sources are ignored. */
    void setPending(int source) {
        if (exists(source) && isActive(source)) {
            boolean level = SourceMode.isLevel(configurations[source]);
            if (!level || messages && isRectifiedHigh(source)) {
                setBit(pending, source, true);
                deliver(source);
            }
        }
    }

    /** Software or a claim clears a pending bit, as far as the source's mode lets it (4.7). */
    void clearPending(int source) {
        if (exists(source) && (messages || !SourceMode.isLevel(configurations[source]))) {
            setBit(pending, source, false);
            deliver(source);
        }
    }

    void enable(int source, boolean value) {
        if (exists(source) && isActive(source)) {
            setBit(enabled, source, value);
            deliver(source);
        }
    }

    int target(int source) {
        return targets[source];
    }

    void target(int source, int value) {
        if (isActive(source)) {
            targets[source] = legalTarget(value);
            deliver(source);
        }
    }

    private int legalTarget(int value) {
        if (messages) {
            int guest = isMachineLevel() ? 0 : GUEST_INDEX;
            return value & (HART_INDEX | guest | (1 << parameters.identityBits()) - 1);
        }
        int priority = value & (1 << parameters.priorityBits()) - 1;
        return value & HART_INDEX | Math.max(priority, 1);
    }

    private boolean exists(int source) {
        return source >= 1 && source < configurations.length;
    }

    private static void setBit(int[] words, int source, boolean value) {
        int bit = 1 << source;
        words[source >>> 5] = value ? words[source >>> 5] | bit : words[source >>> 5] & ~bit;
    }

    // ---- delivery

    int lastGenerated() {
        return lastGenerated;
    }

    /** genmsi: a message whatever IE says, in MSI delivery mode only (4.5.15). */
    void generate(int value) {
        if (messages) {
            lastGenerated = value & (HART_INDEX | (1 << parameters.identityBits()) - 1);
            sender.send(address(lastGenerated), identity(lastGenerated));
        }
    }

    private void deliver(int source) {
        if (messages) {
            forward(source);
        } else {
            updatePins();
        }
    }

    private void deliverAll() {
        updatePins();
        if (!messages) {
            return;
        }
        for (int word = 0; word < pending.length; word++) {
            for (int bits = deliverable(word); bits != 0; bits &= bits - 1) {
                forward(word * 32 + Integer.numberOfTrailingZeros(bits));
            }
        }
    }

    /** Forwards a pending and enabled source as a message, which clears its pending bit. */
    private void forward(int source) {
        boolean ready = interruptEnable && (deliverable(source >>> 5) >>> source & 1) != 0;
        if (ready && sender.send(address(targets[source]), identity(targets[source]))) {
            setBit(pending, source, false);
        }
    }

    private long address(int target) {
        int hart = target >>> 18;
        return isMachineLevel() ? addresses.machine(hart) : addresses.supervisor(hart, (target & GUEST_INDEX) >>> 12);
    }

    private static int identity(int target) {
        return target & 0x7ff;
    }

    private void updatePins() {
        for (DirectDelivery delivery : deliveries) {
            delivery.update();
        }
    }
}
