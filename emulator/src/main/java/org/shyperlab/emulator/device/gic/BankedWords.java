package org.shyperlab.emulator.device.gic;

import java.util.Arrays;

/** One bit for every interrupt, 32 to a word as the registers have them; word 0 (SGIs and PPIs) exists once per core. */
final class BankedWords {
    private final int[] privates;
    private final int[] shared;

    BankedWords(int cores, int words) {
        privates = new int[cores];
        shared = new int[words];
    }

    int get(int core, int word) {
        return word == 0 ? privates[core] : shared[word];
    }

    void set(int core, int word, int bits) {
        if (word == 0) {
            privates[core] = bits;
        } else {
            shared[word] = bits;
        }
    }

    void add(int core, int word, int bits) {
        set(core, word, get(core, word) | bits);
    }

    void remove(int core, int word, int bits) {
        set(core, word, get(core, word) & ~bits);
    }

    boolean has(int core, int id) {
        return (get(core, id >>> 5) >>> (id & 31) & 1) != 0;
    }

    /** Sets the private word of every core and every shared word. */
    void fill(int privateBits, int sharedBits) {
        Arrays.fill(privates, privateBits);
        Arrays.fill(shared, sharedBits);
    }
}
