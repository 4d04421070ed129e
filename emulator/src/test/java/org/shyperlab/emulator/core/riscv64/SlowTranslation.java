package org.shyperlab.emulator.core.riscv64;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A plain, slow model of two-stage address translation, written from the Privileged ISA's numbered steps ("Virtual Address Translation
 * Process") without a look at the walker: page tables are a map of doublewords, outcomes are records.
 */
final class SlowTranslation {
    /** Where an access ended: an exception (0 for none), the address that memory sees or that the G stage refused, and htinst. */
    record Outcome(int cause, long address, int instruction) {}

    private record Format(int levels, int rootBits) {}

    private static final Map<Integer, Format> FORMATS =
            Map.of(8, new Format(3, 9), 9, new Format(4, 9), 10, new Format(5, 9));
    private static final Map<Integer, Format> GUEST_FORMATS = Map.of(8, new Format(3, 11), 9, new Format(4, 11));

    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;
        private final transient Outcome outcome;

        Refusal(Outcome outcome) {
            this.outcome = outcome;
        }
    }

    /** Doublewords in memory by address; addresses that are not keys of it and lie outside of [0, size) do not answer. */
    final TreeMap<Long, Long> memory = new TreeMap<>();

    final long ramBase;
    final long ramSize;
    final long physicalLimit;
    long satp;
    long hgatp;
    boolean sum;
    boolean guestMxr;
    boolean hostMxr;
    boolean userMode;

    SlowTranslation(long ramBase, long ramSize, long physicalLimit) {
        this.ramBase = ramBase;
        this.ramSize = ramSize;
        this.physicalLimit = physicalLimit;
    }

    private static int[] causes(Access access) {
        return switch (access) {
            case LOAD, LOAD_EXECUTABLE -> new int[] {13, 5, 21};
            case STORE -> new int[] {15, 7, 23};
            case FETCH -> new int[] {12, 1, 20};
        };
    }

    Outcome translate(long address, Access access) {
        try {
            long guestPhysical = firstStage(address, access);
            long physical = hgatp == 0 ? guestPhysical : secondStage(guestPhysical, access, access, 0);
            if (Long.compareUnsigned(physical, physicalLimit) >= 0) {
                return new Outcome(causes(access)[1], 0, 0);
            }
            return new Outcome(0, physical, 0);
        } catch (Refusal refusal) {
            return refusal.outcome;
        }
    }

    private static long bits(long value, int high, int low) {
        return value << 63 - high >>> 63 - high + low;
    }

    private static boolean bit(long value, int number) {
        return bits(value, number, number) == 1;
    }

    private long firstStage(long address, Access access) throws Refusal {
        int mode = (int) bits(satp, 63, 60);
        if (mode == 0) {
            return address;
        }
        Format format = FORMATS.get(mode);
        Refusal pageFault = new Refusal(new Outcome(causes(access)[0], 0, 0));
        int top = 11 + 9 * format.levels();
        long sign = address >> top;
        if (sign != 0 && sign != -1) {
            throw pageFault;
        }
        long a = bits(satp, 43, 0) * 4096;
        for (int i = format.levels() - 1; ; i--) {
            long entryAddress = a + 8 * bits(address, 12 + 9 * i + 8, 12 + 9 * i);
            long at = hgatp == 0 ? entryAddress : secondStage(entryAddress, Access.LOAD, access, 0x3000);
            long pte = read(at, access);
            boolean v = bit(pte, 0);
            boolean r = bit(pte, 1);
            boolean w = bit(pte, 2);
            boolean x = bit(pte, 3);
            boolean u = bit(pte, 4);
            if (!v || !r && w || bits(pte, 62, 54) != 0) {
                throw pageFault;
            }
            if (!r && !x) {
                if (i == 0 || u || bit(pte, 6) || bit(pte, 7) || bit(pte, 63)) {
                    throw pageFault;
                }
                a = bits(pte, 53, 10) * 4096;
                continue;
            }
            if (userMode && !u || !userMode && u && (!sum || access == Access.FETCH)) {
                throw pageFault;
            }
            boolean readable = r || x && (guestMxr || hostMxr);
            boolean allowed = switch (access) {
                case LOAD -> readable;
                case STORE -> w;
                case FETCH, LOAD_EXECUTABLE -> x;
            };
            if (!allowed) {
                throw pageFault;
            }
            Long target = target(pte, i, address);
            if (target == null) {
                throw pageFault;
            }
            long updated = pte | 1 << 6 | (access == Access.STORE ? 1 << 7 : 0);
            if (updated != pte) {
                if (hgatp != 0) {
                    secondStage(entryAddress, Access.STORE, access, 0x3020);
                }
                memory.put(at, updated);
            }
            return target;
        }
    }

    private static @Nullable Long target(long pte, int level, long address) {
        long ppn = bits(pte, 53, 10);
        if (bit(pte, 63)) {
            return level == 0 && bits(ppn, 3, 0) == 8
                    ? Long.valueOf(bits(ppn, 43, 4) * 65536 + bits(address, 15, 0))
                    : null;
        }
        if (level > 0 && bits(ppn, 9 * level - 1, 0) != 0) {
            return null;
        }
        return ppn * 4096 + bits(address, 11 + 9 * level, 0);
    }

    private long secondStage(long address, Access own, Access original, int pseudo) throws Refusal {
        Format format = GUEST_FORMATS.get((int) bits(hgatp, 63, 60));
        Refusal fault = new Refusal(new Outcome(causes(original)[2], address, pseudo));
        if (bits(address, 63, 14 + 9 * format.levels()) != 0) {
            throw fault;
        }
        long a = bits(hgatp, 43, 0) * 4096;
        for (int i = format.levels() - 1; ; i--) {
            int indexBits = i == format.levels() - 1 ? format.rootBits() : 9;
            long at = a + 8 * bits(address, 12 + 9 * i + indexBits - 1, 12 + 9 * i);
            long pte = read(at, original);
            boolean r = bit(pte, 1);
            boolean w = bit(pte, 2);
            boolean x = bit(pte, 3);
            if (!bit(pte, 0) || !r && w || bits(pte, 62, 54) != 0) {
                throw fault;
            }
            if (!r && !x) {
                if (i == 0 || bit(pte, 4) || bit(pte, 6) || bit(pte, 7) || bit(pte, 63)) {
                    throw fault;
                }
                a = bits(pte, 53, 10) * 4096;
                continue;
            }
            boolean readable = r || x && hostMxr && pseudo == 0;
            boolean allowed = switch (own) {
                case LOAD -> readable;
                case STORE -> w;
                case FETCH, LOAD_EXECUTABLE -> x;
            };
            Long target = target(pte, i, address);
            if (!bit(pte, 4) || !allowed || target == null) {
                throw fault;
            }
            memory.put(at, pte | 1 << 6 | (own == Access.STORE ? 1 << 7 : 0));
            return target;
        }
    }

    private long read(long address, Access original) throws Refusal {
        if (address < ramBase || address > ramBase + ramSize - 8) {
            throw new Refusal(new Outcome(causes(original)[1], 0, 0));
        }
        return memory.getOrDefault(address, 0L);
    }
}
