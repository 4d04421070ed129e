package org.shyperlab.emulator.memory;

import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.trace.GuestErrors;

/** A stretch of physical addresses where nothing answers: reads give zero, writes are lost, both are reported. */
public final class Hole implements Device {
    private final long base;
    private final long size;
    private final GuestErrors errors;

    /** The hole {@code [base, base + size)}. */
    public Hole(long base, long size, GuestErrors errors) {
        this.base = base;
        this.size = size;
        this.errors = errors;
    }

    @Override
    public String name() {
        return "bus";
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long read(int core, long offset, int accessSize) {
        errors.report(core, name(), "read of %d bytes at 0x%x, where nothing answers", accessSize, base + offset);
        return 0;
    }

    @Override
    public void write(int core, long offset, int accessSize, long value) {
        errors.report(core, name(), "write of %d bytes at 0x%x, where nothing answers", accessSize, base + offset);
    }

    @Override
    public void reset() {}
}
