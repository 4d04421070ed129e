package org.shyperlab.benchmarks;

import org.shyperlab.emulator.device.Device;

/** A logic analyser's clip on a device's window: passes every access on and tells a watcher right before and right after. */
final class Probe implements Device {
    /** Who looks at the accesses. */
    interface Watcher {
        /** An access is about to reach the device. */
        void before(Device device, long offset, boolean write);

        /** The device has done it; {@code value} is what was read or written. */
        void after(Device device, long offset, boolean write, long value);
    }

    private final Device device;
    private final Watcher watcher;

    Probe(Device device, Watcher watcher) {
        this.device = device;
        this.watcher = watcher;
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public long size() {
        return device.size();
    }

    @Override
    public long read(int core, long offset, int size) {
        watcher.before(device, offset, false);
        long value = device.read(core, offset, size);
        watcher.after(device, offset, false, value);
        return value;
    }

    @Override
    public void write(int core, long offset, int size, long value) {
        watcher.before(device, offset, true);
        device.write(core, offset, size, value);
        watcher.after(device, offset, true, value);
    }

    @Override
    public void reset() {
        device.reset();
    }
}
