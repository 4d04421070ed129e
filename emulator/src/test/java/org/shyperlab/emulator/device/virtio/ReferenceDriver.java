package org.shyperlab.emulator.device.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Function;
import org.shyperlab.emulator.device.RecordedErrors;
import org.shyperlab.emulator.memory.DmaMemory;

/** A driver for any device here, written from the driver's side of the specification: registers, negotiation, rings. */
final class ReferenceDriver {
    static final int STATUS = 0x70;
    static final int QUEUE_SEL = 0x30;
    static final int QUEUE_NUM = 0x38;
    static final int QUEUE_READY = 0x44;
    static final int NOTIFY = 0x50;
    static final int INTERRUPT_STATUS = 0x60;
    static final int INTERRUPT_ACK = 0x64;

    static final int ACKNOWLEDGE = 1;
    static final int DRIVER = 2;
    static final int DRIVER_OK = 4;
    static final int FEATURES_OK = 8;
    static final int NEEDS_RESET = 64;

    static final long INDIRECT = 1L << 28;
    static final long EVENT_INDEX = 1L << 29;
    static final long VERSION_1 = 1L << 32;

    final DriverMemory memory = new DriverMemory();
    final RecordedErrors errors = new RecordedErrors();
    final VirtioMmio device;
    boolean interrupt;
    int interrupts;

    ReferenceDriver(VirtioDevice behind) {
        this(behind, DriverMemory::bus);
    }

    /** As above; {@code view} is what the device sees of the memory. */
    ReferenceDriver(VirtioDevice behind, Function<DriverMemory, DmaMemory> view) {
        device = new VirtioMmio(
                behind,
                view.apply(memory),
                high -> {
                    interrupts += high && !interrupt ? 1 : 0;
                    interrupt = high;
                },
                errors);
    }

    int read(int register) {
        return (int) device.read(0, register, 4);
    }

    void write(int register, int value) {
        device.write(0, register, 4, value);
    }

    long offered() {
        write(0x14, 0);
        long low = read(0x10) & 0xffff_ffffL;
        write(0x14, 1);
        return low | (long) read(0x10) << 32;
    }

    void accept(long features) {
        write(0x24, 0);
        write(0x20, (int) features);
        write(0x24, 1);
        write(0x20, (int) (features >>> 32));
    }

    /** From reset to FEATURES_OK; whether the device kept it. */
    boolean negotiate(long features) {
        write(STATUS, 0);
        write(STATUS, ACKNOWLEDGE);
        write(STATUS, ACKNOWLEDGE | DRIVER);
        accept(features);
        write(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
        return (read(STATUS) & FEATURES_OK) != 0;
    }

    void ready() {
        write(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
        assertThat(read(STATUS)).isEqualTo(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
    }

    /** The whole way to a ready device with all that it offers, less {@code without}; its rings, {@code size} descriptors each. */
    DriverRing[] start(long without, int size, int rings) {
        assertThat(negotiate(offered() & ~without)).isTrue();
        DriverRing[] all = new DriverRing[rings];
        for (int n = 0; n < rings; n++) {
            all[n] = new DriverRing(this, n, size, offered() & ~without);
        }
        ready();
        return all;
    }

    /** Sets up the addresses of a ring and makes it ready. */
    void enable(int ring, int size, long descriptors, long driverArea, long deviceArea) {
        write(QUEUE_SEL, ring);
        assertThat(read(QUEUE_READY)).isZero();
        write(QUEUE_NUM, size);
        write(0x80, (int) descriptors);
        write(0x84, (int) (descriptors >>> 32));
        write(0x90, (int) driverArea);
        write(0x94, (int) (driverArea >>> 32));
        write(0xa0, (int) deviceArea);
        write(0xa4, (int) (deviceArea >>> 32));
        write(QUEUE_READY, 1);
    }

    /** Takes an interrupt as a handler does: what it was for. */
    int takeInterrupt() {
        int cause = read(INTERRUPT_STATUS);
        write(INTERRUPT_ACK, cause);
        return cause;
    }

    void expectBroken(String rule) {
        assertThat(errors.texts()).singleElement().asString().contains(rule).contains("waits for its reset");
        assertThat(read(STATUS) & NEEDS_RESET).isEqualTo(NEEDS_RESET);
        assertThat(read(INTERRUPT_STATUS) & 2).as("configuration change").isEqualTo(2);
        errors.clear();
    }
}
