package org.shyperlab.emulator.device.aia;

import org.shyperlab.emulator.device.InterruptLine;

/** The interrupt delivery control structure (IDC) of one hart in a domain, for direct delivery (AIA 4.8). */
final class DirectDelivery {
    private final AplicDomain domain;
    private final int hart;
    private final InterruptLine pin;
    private boolean delivers;
    private boolean forced;
    private int threshold;

    DirectDelivery(AplicDomain domain, int hart, InterruptLine pin) {
        this.domain = domain;
        this.hart = hart;
        this.pin = pin;
    }

    void reset() {
        delivers = false;
        forced = false;
        threshold = 0;
        update();
    }

    boolean delivers() {
        return delivers;
    }

    void delivers(boolean value) {
        delivers = value;
        update();
    }

    boolean forced() {
        return forced;
    }

    void forced(boolean value) {
        forced = value;
        update();
    }

    int threshold() {
        return threshold;
    }

    void threshold(int value) {
        threshold = value;
        update();
    }

    /** The best pending and enabled source for this hart below the threshold: identity in bits 25:16, priority in 7:0; or 0. */
    int top() {
        int limit = threshold == 0 ? Integer.MAX_VALUE : threshold;
        int best = 0;
        for (int word = 0; word < domain.words(); word++) {
            for (int bits = domain.deliverable(word); bits != 0; bits &= bits - 1) {
                int source = word * 32 + Integer.numberOfTrailingZeros(bits);
                int target = domain.target(source);
                int priority = target & 0xff;
                if (target >>> 18 == hart && priority < limit) {
                    best = source << 16 | priority;
                    limit = priority;
                }
            }
        }
        return best;
    }

    /** Reads topi and clears that source's pending bit, if its mode lets a claim do so; a claim of nothing ends a forced interrupt. */
    int claim() {
        int top = top();
        if (top == 0) {
            forced(false);
        } else {
            domain.clearPending(top >>> 16);
        }
        return top;
    }

    void update() {
        pin.set(delivers && domain.signalsDirectly() && (forced || top() != 0));
    }
}
