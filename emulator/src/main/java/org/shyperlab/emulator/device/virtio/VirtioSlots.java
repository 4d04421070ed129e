package org.shyperlab.emulator.device.virtio;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.memory.DmaMemory;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * A window of virtio-mmio slots, into which devices are plugged before the machine starts. A slot with nothing plugged in tells its
 * magic value and version, and device id 0, which makes drivers ignore it without a message (Virtio 4.2.2 and 4.2.3.1.1).
 */
public final class VirtioSlots implements Device {
    private static final int MAGIC_VALUE = 0x000;
    private static final int VERSION = 0x004;
    private static final int DEVICE_ID = 0x008;
    private static final int VENDOR_ID = 0x00c;

    private final String name;
    private final int stride;
    private final List<InterruptLine> interrupts;
    private final DmaMemory memory;
    private final GuestErrors errors;
    private final @Nullable VirtioMmio[] slots;

    /**
     * A window of empty slots.
     *
     * @param stride distance between two slots in bytes, a power of two from 0x200 on; the window is a multiple of 4 KiB
     * @param interrupts one for each slot
     * @param memory what the devices reach
     */
    public VirtioSlots(String name, int stride, List<InterruptLine> interrupts, DmaMemory memory, GuestErrors errors) {
        if (stride < VirtioMmio.REGISTER_BYTES || Integer.bitCount(stride) != 1) {
            throw new IllegalArgumentException(
                    name + ": virtio slots lie a power of two from 0x200 on apart, not " + stride);
        }
        if (interrupts.isEmpty() || interrupts.size() * stride % 0x1000 != 0) {
            throw new IllegalArgumentException(
                    name + ": " + interrupts.size() + " virtio slots do not fill whole pages");
        }
        this.name = name;
        this.stride = stride;
        this.interrupts = List.copyOf(interrupts);
        this.memory = memory;
        this.errors = errors;
        this.slots = new VirtioMmio[interrupts.size()];
    }

    /** How many slots there are. */
    public int count() {
        return slots.length;
    }

    /** Plugs a device into slot {@code n}, which is empty. */
    public void plug(int n, VirtioDevice device) {
        if (slots[n] != null) {
            throw new IllegalArgumentException("%s: slot %d is taken by %s".formatted(name, n, slots[n].name()));
        }
        slots[n] = new VirtioMmio(device, memory, interrupts.get(n), errors);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return (long) slots.length * stride;
    }

    @Override
    public long read(int core, long offset, int size) {
        VirtioMmio plugged = slots[(int) offset / stride];
        return plugged == null ? readEmpty(core, offset, size) : plugged.read(core, offset & stride - 1, size);
    }

    private long readEmpty(int core, long offset, int size) {
        if (size != Integer.BYTES) {
            errors.report(
                    core,
                    name,
                    "read of %d bytes at 0x%x: control registers are 32 bits wide (Virtio 4.2.2.2)",
                    size,
                    offset);
            return 0;
        }
        return switch ((int) offset & stride - 1) {
            case MAGIC_VALUE -> VirtioMmio.MAGIC;
            case VERSION -> VirtioMmio.VERSION;
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
        VirtioMmio plugged = slots[(int) offset / stride];
        if (plugged == null) {
            errors.report(core, name, "write of 0x%x at 0x%x, an empty slot (Virtio 4.2.3.1.1)", value, offset);
        } else {
            plugged.write(core, offset & stride - 1, size, value);
        }
    }

    @Override
    public void reset() {
        for (VirtioMmio plugged : slots) {
            if (plugged != null) {
                plugged.reset();
            }
        }
    }
}
