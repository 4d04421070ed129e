package org.shyperlab.emulator.device.plic;

import java.util.Arrays;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.trace.GuestErrors;

/** A target of a PLIC: a hart at one privilege level, with its enables and its threshold. */
final class PlicContext {
    private final PlicSources sources;
    private final InterruptLine pin;
    private final String device;
    private final GuestErrors errors;
    private final int[] enabled;
    private int threshold;
    private long claimed;

    PlicContext(PlicSources sources, InterruptLine pin, String device, GuestErrors errors) {
        this.sources = sources;
        this.pin = pin;
        this.device = device;
        this.errors = errors;
        this.enabled = new int[sources.words()];
    }

    void reset() {
        Arrays.fill(enabled, 0);
        threshold = 0;
        update();
    }

    int enabled(int word) {
        return enabled[word];
    }

    void enable(int word, int bits) {
        enabled[word] = bits & sources.existing(word);
        update();
    }

    int threshold() {
        return threshold;
    }

    void threshold(int value) {
        threshold = value;
        update();
    }

    long claimed() {
        return claimed;
    }

    /** The enabled pending source of the highest priority, the lowest identifier among equals; 0 for none. Priority 0 is never. */
    private int best() {
        int best = 0;
        int bestPriority = 0;
        for (int left = sources.summary(); left != 0; left &= left - 1) {
            int word = Integer.numberOfTrailingZeros(left);
            for (int bits = sources.pending(word) & enabled[word]; bits != 0; bits &= bits - 1) {
                int id = word * 32 + Integer.numberOfTrailingZeros(bits);
                if (sources.priority(id) > bestPriority) {
                    best = id;
                    bestPriority = sources.priority(id);
                }
            }
        }
        return best;
    }

    /** Drives the pin: high while a source's priority exceeds the threshold. */
    void update() {
        int best = best();
        pin.set(best != 0 && sources.priority(best) > threshold);
    }

    /** Takes the best source, whatever the threshold; 0 for none. The caller updates all contexts. */
    int claim() {
        int id = best();
        if (id != 0) {
            sources.claim(id);
            claimed++;
        }
        return id;
    }

    /** Whether a completion counts: of a source that is enabled here; others are ignored, as the specification has it. */
    boolean mayComplete(int core, int id) {
        if (sources.exists(id) && (enabled[id >>> 5] >>> id & 1) != 0) {
            return true;
        }
        errors.report(
                core,
                device,
                "completion of interrupt %d, which is not enabled for this context (PLIC, Interrupt Completion)",
                id);
        return false;
    }
}
