package org.shyperlab.emulator.device.virtio;

import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * A window of virtio-mmio slots with nothing plugged in: each tells its magic value and version, and device id 0, which makes drivers
 * ignore it without a message (Virtio 1.2, 4.2.2 and 4.2.3.1.1).
 */
public final class EmptyVirtioSlots implements Device {
    private static final int MAGIC_VALUE = 0x000;
    private static final int VERSION = 0x004;
    private static final int DEVICE_ID = 0x008;
    private static final int VENDOR_ID = 0x00c;
    private static final long MAGIC = 0x7472_6976;
    private static final long CURRENT_VERSION = 2;

    private final String name;
    private final int slots;
    private final int stride;
    private final GuestErrors errors;

    /**
     * A window for {@code slots} slots.
     *
     * @param stride distance between two slots in bytes, a power of two from 0x200 on; the window is a multiple of 4 KiB
     */
    public EmptyVirtioSlots(String name, int slots, int stride, GuestErrors errors) {
        if (stride < 0x200 || Integer.bitCount(stride) != 1) {
            throw new IllegalArgumentException(
                    name + ": virtio slots lie a power of two from 0x200 on apart, not " + stride);
        }
        if (slots <= 0 || slots * stride % 0x1000 != 0) {
            throw new IllegalArgumentException(name + ": " + slots + " virtio slots do not fill whole pages");
        }
        this.stride = stride;
        this.name = name;
        this.slots = slots;
        this.errors = errors;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return (long) slots * stride;
    }

    @Override
    public long read(int core, long offset, int size) {
        int register = (int) offset & stride - 1;
        if (size != Integer.BYTES) {
            errors.report(
                    core,
                    name,
                    "read of %d bytes at 0x%x: control registers are 32 bits wide (Virtio 4.2.2.2)",
                    size,
                    offset);
            return 0;
        }
        return switch (register) {
            case MAGIC_VALUE -> MAGIC;
            case VERSION -> CURRENT_VERSION;
            case DEVICE_ID, VENDOR_ID -> 0;
            default -> {
                errors.report(
                        core,
                        name,
                        "read at 0x%x of an empty slot, where only MagicValue, Version and DeviceID are defined",
                        offset);
                yield 0;
            }
        };
    }

    @Override
    public void write(int core, long offset, int size, long value) {
        errors.report(core, name, "write of 0x%x at 0x%x, an empty slot (Virtio 4.2.3.1.1)", value, offset);
    }

    @Override
    public void reset() {
        // Empty slots have no state.
    }
}
