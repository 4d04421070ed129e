package org.shyperlab.hypervisor.code;

/**
 * Code that drives virtio devices over MMIO (Virtio 1.2, 4.2) with rings of 8 entries. A ring has a page of the guest's RAM: descriptors
 * at its start, then {@link #AVAILABLE} and {@link #USED}, and its buffers behind them. Uses registers 0 and 1.
 */
public final class VirtioCode {
    /** Where the ring's driver area is in its page. */
    public static final int AVAILABLE = 0x100;

    /** Where the ring's device area is in its page. */
    public static final int USED = 0x200;

    /** Flags of descriptors. */
    public static final int NEXT = 1;

    /** The device writes the buffer. */
    public static final int WRITE = 2;

    private static final int ENTRIES = 8;
    private static final int FEATURES_OK = 0xb;
    private static final int DRIVER_OK = 0xf;

    private final Assembler code;
    private final long device;

    /** Code for the device whose registers are at {@code device}. */
    public VirtioCode(Assembler code, long device) {
        this.code = code;
        this.device = device;
    }

    private void register(int offset, long value) {
        code.poke(4, device + offset, value, 0, 1);
    }

    /** Resets the device and accepts VERSION_1 and nothing else. */
    public void begin() {
        register(0x70, 0);
        register(0x70, 3);
        register(0x24, 1);
        register(0x20, 1);
        register(0x70, FEATURES_OK);
    }

    /** Ring {@code number} is in this page. */
    public void ring(int number, long page) {
        register(0x30, number);
        register(0x38, ENTRIES);
        register(0x80, page);
        register(0x84, 0);
        register(0x90, page + AVAILABLE);
        register(0x94, 0);
        register(0xa0, page + USED);
        register(0xa4, 0);
        register(0x44, 1);
    }

    /** The device begins to work. */
    public void ready() {
        register(0x70, DRIVER_OK);
    }

    /** There is something new in ring {@code number}. */
    public void notifyDevice(int number) {
        register(0x50, number);
    }

    /** Acknowledges what the device has interrupted for. */
    public void acknowledge() {
        code.constant(0, device);
        code.load(4, 1, 0, 0x60);
        code.store(4, 1, 0, 0x64);
    }

    /** Descriptor {@code index} of the ring in {@code page}. */
    public void descriptor(long page, int index, long address, int length, int flags, int next) {
        code.poke(8, page + 16L * index, address, 0, 1);
        code.poke(8, page + 16L * index + 8, length | (long) flags << 32 | (long) next << 48, 0, 1);
    }

    /** Fills the available ring with these heads, over and over; there are 1, 2, 4 or 8. */
    public void heads(long page, int... heads) {
        for (int slot = 0; slot < ENTRIES; slot++) {
            code.poke(2, page + AVAILABLE + 4 + 2L * slot, heads[slot % heads.length], 0, 1);
        }
    }

    /** The number of chains that were made available, all in all, is in a register. */
    public void available(long page, int register) {
        code.constant(0, page + AVAILABLE);
        code.store(2, register, 0, 2);
    }

    /** Waits, running, until as many chains were used as a register says; below 65536. */
    public void awaitUsed(long page, int register) {
        code.constant(0, page + USED);
        Label again = code.here();
        code.yield();
        code.load(2, 1, 0, 2);
        code.jumpIfDifferent(1, register, again);
    }
}
