package org.shyperlab.emulator.device.aia;

import java.util.Arrays;
import org.shyperlab.emulator.core.riscv64.InterruptFile;
import org.shyperlab.emulator.device.InterruptLine;

/**
 * One interrupt file of an IMSIC (AIA 3.8): pending and enable bits of the identities from 1 on, in 64-bit words. Lower identities
 * have higher priority. Delivery from an APLIC or PLIC (eidelivery 0x40000000) is not supported, as the field allows.
 */
final class ImsicFile implements InterruptFile {
    private final int identities;
    private final InterruptLine pin;
    private final int thresholdMask;
    private final long[] pending;
    private final long[] enabled;
    private boolean delivers;
    private int threshold;

    ImsicFile(int identities, InterruptLine pin) {
        this.identities = identities;
        this.pin = pin;
        thresholdMask = Integer.highestOneBit(identities) * 2 - 1;
        pending = new long[identities / 64 + 1];
        enabled = new long[identities / 64 + 1];
    }

    void reset() {
        Arrays.fill(pending, 0);
        Arrays.fill(enabled, 0);
        delivers = false;
        threshold = 0;
        update();
    }

    /** A message arrives; identities that are not implemented are ignored. */
    void receive(int identity) {
        if (identity >= 1 && identity <= identities) {
            pending[identity >>> 6] |= 1L << identity;
            update();
        }
    }

    @Override
    public long read(int select) {
        if (select == EIDELIVERY) {
            return delivers ? 1 : 0;
        }
        if (select == EITHRESHOLD) {
            return threshold;
        }
        int word = word(select);
        if (word < 0) {
            return 0;
        }
        return select >= EIE0 ? enabled[word] : pending[word];
    }

    @Override
    public void write(int select, long value) {
        int word = word(select);
        if (select == EIDELIVERY) {
            delivers = (value & 1) != 0;
        } else if (select == EITHRESHOLD) {
            threshold = (int) value & thresholdMask;
        } else if (word >= 0) {
            // There is no identity 0.
            long bits = word == 0 ? value & ~1L : value;
            if (select >= EIE0) {
                enabled[word] = bits;
            } else {
                pending[word] = bits;
            }
        }
        update();
    }

    /** The word of the eip or eie array that a register shows, or -1 if it is no such register or has no identities. */
    private int word(int select) {
        if (select < EIP0 || select > LAST || (select & 1) != 0) {
            return -1;
        }
        int word = (select & 0x3f) >>> 1;
        return word < pending.length ? word : -1;
    }

    @Override
    public int top() {
        for (int word = 0; word < pending.length; word++) {
            long bits = pending[word] & enabled[word];
            if (bits != 0) {
                int identity = word * 64 + Long.numberOfTrailingZeros(bits);
                return threshold != 0 && identity >= threshold ? 0 : identity << 16 | identity;
            }
        }
        return 0;
    }

    @Override
    public void claim(int top) {
        int identity = top >>> 16;
        if (identity <= identities) {
            pending[identity >>> 6] &= ~(1L << identity);
            update();
        }
    }

    private void update() {
        pin.set(delivers && top() != 0);
    }
}
