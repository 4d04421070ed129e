package org.shyperlab.emulator.device.gic;

import java.util.Arrays;

/**
 * The distributor's state of every interrupt, and for each core the highest-priority one that may be forwarded to it.
 *
 * <p>Per core a bitmap of candidates is kept (pending, enabled, not active, in an enabled group, targeted), and a summary word that
 * tells which words of it are not empty. A change of one interrupt re-evaluates one word, and the highest candidate is found by
 * visiting candidates only (IHI 0048B 3.3, 4.3).
 */
final class InterruptTable {
    /** The spurious interrupt identifier, which stands for "no interrupt" (3.2.5). */
    static final int NONE = 1023;
    /** Identifiers below are SGIs. */
    static final int SGIS = 16;
    /** Identifiers below are private to a core. */
    static final int PRIVATES = 32;
    /** Identifiers from here on are never interrupts. */
    static final int SPECIAL = 1020;
    /** Implemented bits of a priority: five, thus 32 levels. */
    static final int PRIORITY_BITS = 0xf8;

    private static final int SGI_BITS = 0xffff;
    private static final int LAST_WORD_BITS = 0x0fff_ffff;

    final int cores;
    final int words;
    final BankedWords group1;
    final BankedWords enabled;
    final BankedWords active;
    final BankedWords edge;
    private final int interrupts;
    private final BankedWords latch;
    private final BankedWords line;
    private final byte[][] privatePriority;
    private final byte[] priority;
    private final byte[] targets;
    private final int[][] targeted;
    private final byte[][] sgiSources;
    private final int[][] candidates;
    private final int[] summary;
    private final PhysicalCpuInterface[] interfaces;
    private int enabledGroups;

    InterruptTable(int cores, int interrupts) {
        this.cores = cores;
        this.interrupts = interrupts;
        this.words = (interrupts + 31) / 32;
        group1 = new BankedWords(cores, words);
        enabled = new BankedWords(cores, words);
        active = new BankedWords(cores, words);
        edge = new BankedWords(cores, words);
        latch = new BankedWords(cores, words);
        line = new BankedWords(cores, words);
        privatePriority = new byte[cores][PRIVATES];
        priority = new byte[interrupts];
        targets = new byte[interrupts];
        targeted = new int[cores][words];
        sgiSources = new byte[cores][SGIS];
        candidates = new int[cores][words];
        summary = new int[cores];
        interfaces = new PhysicalCpuInterface[cores];
        clear();
    }

    /** Connects the CPU interface of a core, which is told of every change of its highest candidate. */
    void connect(int core, PhysicalCpuInterface cpuInterface) {
        interfaces[core] = cpuInterface;
    }

    /** Reset: input wires keep the level their sources drive. */
    void reset() {
        clear();
        refreshAll();
    }

    private void clear() {
        group1.fill(0, 0);
        enabled.fill(SGI_BITS, 0);
        active.fill(0, 0);
        edge.fill(SGI_BITS, 0);
        latch.fill(0, 0);
        Arrays.fill(priority, (byte) 0);
        Arrays.fill(targets, (byte) 0);
        for (int core = 0; core < cores; core++) {
            Arrays.fill(privatePriority[core], (byte) 0);
            Arrays.fill(sgiSources[core], (byte) 0);
            // On a uniprocessor every SPI goes to the only core (4.3.12).
            Arrays.fill(targeted[core], cores == 1 ? -1 : 0);
        }
        enabledGroups = 0;
    }

    boolean exists(int id) {
        return id < interrupts;
    }

    /** The bits of a word that stand for interrupts that exist. */
    int existing(int word) {
        return word == 31 ? LAST_WORD_BITS : -1;
    }

    /** EnableGrp0 and EnableGrp1 of GICD_CTLR. */
    int enabledGroups() {
        return enabledGroups;
    }

    void enableGroups(int groups) {
        enabledGroups = groups;
        refreshAll();
    }

    /** Pending state: the latch, or for level-sensitive interrupts the latch or the wire (figure 4-10). */
    int pending(int core, int word) {
        return latch.get(core, word) | line.get(core, word) & ~edge.get(core, word);
    }

    boolean isPending(int core, int id) {
        return (pending(core, id >>> 5) >>> (id & 31) & 1) != 0;
    }

    /** Makes interrupts pending by software; SGIs cannot be set this way (4.3.7). */
    void latch(int core, int word, int bits) {
        latch.add(core, word, word == 0 ? bits & ~SGI_BITS : bits);
        changed(core, word);
    }

    /** Takes back what was latched; a level-sensitive interrupt stays pending while its wire is high (4.3.8). */
    void unlatch(int core, int word, int bits) {
        latch.remove(core, word, word == 0 ? bits & ~SGI_BITS : bits);
        changed(core, word);
    }

    /** An input wire changes. */
    void drive(int core, int id, boolean high) {
        if (line.has(core, id) == high) {
            return;
        }
        int word = id >>> 5;
        int bit = 1 << id;
        if (high) {
            line.add(core, word, bit);
            if (edge.has(core, id)) {
                latch.add(core, word, bit);
            }
        } else {
            line.remove(core, word, bit);
        }
        changed(core, word);
    }

    int priority(int core, int id) {
        return (id < PRIVATES ? privatePriority[core][id] : priority[id]) & 0xff;
    }

    /** Sets a priority; the caller calls {@link #changed} when it is through. */
    void priority(int core, int id, int value) {
        byte implemented = (byte) (value & PRIORITY_BITS);
        if (id < PRIVATES) {
            privatePriority[core][id] = implemented;
        } else {
            priority[id] = implemented;
        }
    }

    /** The cores that a shared interrupt is sent to, one bit each. */
    int targets(int id) {
        return targets[id] & 0xff;
    }

    /** Sets the targets of a shared interrupt; the caller calls {@link #changed} when it is through. */
    void targets(int id, int mask) {
        targets[id] = (byte) (mask & (1 << cores) - 1);
        int word = id >>> 5;
        for (int core = 0; core < cores; core++) {
            targeted[core][word] = targeted[core][word] & ~(1 << id) | (mask >>> core & 1) << id;
        }
    }

    /** The cores whose SGI {@code id} is pending at {@code core}, one bit each. */
    int sgiSources(int core, int id) {
        return sgiSources[core][id] & 0xff;
    }

    /** Sets which cores' SGI {@code id} is pending at {@code core}. */
    void sgiSources(int core, int id, int sources) {
        int existingSources = sources & (1 << cores) - 1;
        sgiSources[core][id] = (byte) existingSources;
        if (existingSources == 0) {
            latch.remove(core, 0, 1 << id);
        } else {
            latch.add(core, 0, 1 << id);
        }
        changed(core, 0);
    }

    /** The core whose SGI is acknowledged next: the lowest-numbered; 0 for interrupts that are no SGIs. */
    int nextSource(int core, int id) {
        return id < SGIS && sgiSources[core][id] != 0 ? Integer.numberOfTrailingZeros(sgiSources[core][id]) : 0;
    }

    /** Acknowledge: pending becomes active. An SGI of further sources and a wire that stays high leave it active and pending. */
    void activate(int core, int id) {
        int word = id >>> 5;
        active.add(core, word, 1 << id);
        if (id < SGIS) {
            int sources = sgiSources(core, id);
            sgiSources(core, id, sources & sources - 1);
        } else {
            latch.remove(core, word, 1 << id);
            changed(core, word);
        }
    }

    /** Deactivate: a wire that is still high makes the interrupt a candidate again. */
    void deactivate(int core, int id) {
        int word = id >>> 5;
        active.remove(core, word, 1 << id);
        changed(core, word);
    }

    /** Something about the interrupts of a word has changed; {@code core} matters for word 0 only. */
    void changed(int core, int word) {
        if (word == 0) {
            refresh(core, 0);
            return;
        }
        for (int each = 0; each < cores; each++) {
            refresh(each, word);
        }
    }

    private void refresh(int core, int word) {
        if ((collect(core, word) | candidates[core][word]) != 0) {
            offerHighest(core);
        }
    }

    private void refreshAll() {
        for (int core = 0; core < cores; core++) {
            for (int word = 0; word < words; word++) {
                collect(core, word);
            }
            offerHighest(core);
        }
    }

    /** Tells every CPU interface its highest candidate again. */
    void offerAll() {
        for (int core = 0; core < cores; core++) {
            offerHighest(core);
        }
    }

    /** Recomputes a word of candidates and returns what it was before. */
    private int collect(int core, int word) {
        int group = group1.get(core, word);
        int forwarded = ((enabledGroups & 1) != 0 ? ~group : 0) | ((enabledGroups & 2) != 0 ? group : 0);
        int mine = word == 0 ? -1 : targeted[core][word];
        int before = candidates[core][word];
        int now = pending(core, word) & enabled.get(core, word) & ~active.get(core, word) & forwarded & mine;
        candidates[core][word] = now;
        int bit = 1 << word;
        summary[core] = now == 0 ? summary[core] & ~bit : summary[core] | bit;
        return before;
    }

    /** Of equal priorities the lowest identifier is forwarded first. */
    private void offerHighest(int core) {
        int best = NONE;
        int bestPriority = CpuInterface.IDLE;
        for (int left = summary[core]; left != 0; left &= left - 1) {
            int word = Integer.numberOfTrailingZeros(left);
            for (int bits = candidates[core][word]; bits != 0; bits &= bits - 1) {
                int id = word * 32 + Integer.numberOfTrailingZeros(bits);
                int candidatePriority = priority(core, id);
                if (candidatePriority < bestPriority) {
                    best = id;
                    bestPriority = candidatePriority;
                }
            }
        }
        interfaces[core].offer(best, bestPriority, best != NONE && group1.has(core, best));
    }
}
