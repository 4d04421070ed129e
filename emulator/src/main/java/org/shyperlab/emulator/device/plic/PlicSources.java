package org.shyperlab.emulator.device.plic;

import java.util.Arrays;

/** The sources' side of a PLIC: wires, gateways, pending bits, priorities. Pending bits have a summary, so few words are visited. */
final class PlicSources {
    private final int count;
    private final int[] priorities;
    private final int[] levels;
    private final int[] pending;
    /** Sources whose gateway has sent a request that is not completed yet. */
    private final int[] inFlight;
    /** Bit n: word n of {@link #pending} is not zero. */
    private int summary;

    PlicSources(int count) {
        this.count = count;
        int words = count / 32 + 1;
        priorities = new int[words * 32];
        levels = new int[words];
        pending = new int[words];
        inFlight = new int[words];
    }

    void reset() {
        Arrays.fill(priorities, 0);
        summary = 0;
        for (int word = 0; word < pending.length; word++) {
            pending[word] = levels[word];
            inFlight[word] = levels[word];
            summary |= pending[word] == 0 ? 0 : 1 << word;
        }
    }

    int count() {
        return count;
    }

    int words() {
        return pending.length;
    }

    boolean exists(int id) {
        return id >= 1 && id <= count;
    }

    /** Bits of a word that stand for sources that exist. */
    int existing(int word) {
        int mask = word == 0 ? ~1 : -1;
        return word == count >>> 5 ? mask & -1 >>> 31 - (count & 31) : mask;
    }

    int priority(int id) {
        return priorities[id];
    }

    void priority(int id, int value) {
        priorities[id] = value;
    }

    int pending(int word) {
        return pending[word];
    }

    int summary() {
        return summary;
    }

    /** A wire changes; returns whether the source has become pending. A gateway whose request is in flight sends no other. */
    boolean drive(int id, boolean high) {
        int word = id >>> 5;
        int bit = 1 << id;
        if (!high) {
            levels[word] &= ~bit;
            return false;
        }
        levels[word] |= bit;
        return request(word, bit);
    }

    private boolean request(int word, int bit) {
        if ((inFlight[word] & bit) != 0) {
            return false;
        }
        inFlight[word] |= bit;
        pending[word] |= bit;
        summary |= 1 << word;
        return true;
    }

    /** A claim takes the pending bit; the gateway stays shut. */
    void claim(int id) {
        int word = id >>> 5;
        pending[word] &= ~(1 << id);
        if (pending[word] == 0) {
            summary &= ~(1 << word);
        }
    }

    /** Opens the gateway of a claimed source; returns whether it is pending again because its wire is still high. */
    boolean complete(int id) {
        int word = id >>> 5;
        int bit = 1 << id;
        if ((pending[word] & bit) != 0) {
            // Not claimed yet: the gateway's request is still on its way.
            return false;
        }
        inFlight[word] &= ~bit;
        return (levels[word] & bit) != 0 && request(word, bit);
    }
}
