package org.shyperlab.platforms.board;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The device types that a board file can name: what the file must say about each, and how much it takes of the address space and of the
 * interrupts. {@link DeviceFactory} builds them and {@link DeviceNodes} describes them to guests.
 */
public enum DeviceType {
    /** Arm PrimeCell UART. */
    PL011("pl011", 0x1000),
    /** Arm PrimeCell real-time clock. */
    PL031("pl031", 0x1000, new Setting("epoch", 0, 0xffff_ffffL)),
    /** Arm PrimeCell GPIO; one of its pins is the power key. */
    PL061("pl061", 0x1000, new Setting("power-key", 0, 7)),
    /** UART 16550A. */
    NS16550("ns16550", 0x1000, new Setting("clock-hertz", 1, 1_000_000_000)),
    /** Goldfish real-time clock. */
    GOLDFISH_RTC("goldfish-rtc", 0x1000, new Setting("epoch", 0, 0xffff_ffffL)),
    /** SiFive's test finisher, by which software powers off and resets. It has no interrupt. */
    TEST_FINISHER("test-finisher", 0x1000),
    /** Virtio slots on memory-mapped transport, each with its own interrupt, {@code stride} bytes apart. */
    VIRTIO_MMIO("virtio-mmio", 0, new Setting("slots", 8, 64), new Setting("stride", 0x200, 0x1000));

    /** All types by the name that board files use. */
    public static final Map<String, DeviceType> BY_LABEL =
            Arrays.stream(values()).collect(toUnmodifiableMap(DeviceType::label, Function.identity()));

    /** A number that only one type of device has: its key and range in board files. */
    public record Setting(String key, long low, long high) {}

    private final String label;
    private final long fixedSize;
    private final List<Setting> settings;

    DeviceType(String label, long fixedSize, Setting... settings) {
        this.label = label;
        this.fixedSize = fixedSize;
        this.settings = List.of(settings);
    }

    /** The name in board files. */
    public String label() {
        return label;
    }

    /** The numbers that a board file must give for this type besides address and interrupt. */
    public List<Setting> settings() {
        return settings;
    }

    /** Whether a board can use it as its console. */
    public boolean isConsole() {
        return this == PL011 || this == NS16550;
    }

    /** Whether a board file gives it an interrupt. */
    public boolean hasInterrupt() {
        return this != TEST_FINISHER;
    }

    long size(BoardDevice device) {
        return this == VIRTIO_MMIO ? device.setting("slots") * device.setting("stride") : fixedSize;
    }

    int interrupts(BoardDevice device) {
        return this == VIRTIO_MMIO ? Math.toIntExact(device.setting("slots")) : hasInterrupt() ? 1 : 0;
    }
}
