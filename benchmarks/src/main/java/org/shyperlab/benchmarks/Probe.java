package org.shyperlab.benchmarks;

import java.util.List;
import java.util.function.Consumer;
import org.shyperlab.emulator.device.Device;

/** A logic analyser's clip on a device's window: passes every access on and tells a watcher of those that are looked for. */
final class Probe implements Device {
    /**
     * An access that is looked for.
     *
     * @param stage what it shows
     * @param device the device's name
     * @param offset of the register
     * @param write whether it is a write
     * @param done whether it counts when the device has done it, or right before
     * @param bits it counts when the value has one of these; 0 for always. Only of those that count when done
     */
    record Access(LatencyStage stage, String device, long offset, boolean write, boolean done, long bits) {
        static Access before(LatencyStage stage, String device, long offset, boolean write) {
            return new Access(stage, device, offset, write, false, 0);
        }

        static Access after(LatencyStage stage, String device, long offset, boolean write) {
            return new Access(stage, device, offset, write, true, 0);
        }
    }

    private final Device device;
    private final Access[] accesses;
    private final Consumer<LatencyStage> watcher;

    /** A clip on {@code device} that looks for those of {@code accesses} which are this device's. */
    Probe(Device device, List<Access> accesses, Consumer<LatencyStage> watcher) {
        this.device = device;
        this.accesses = accesses.stream()
                .filter(access -> access.device().equals(device.name()))
                .toArray(Access[]::new);
        this.watcher = watcher;
    }

    private void tell(long offset, boolean write, boolean done, long value) {
        for (Access access : accesses) {
            if (access.offset == offset
                    && access.write == write
                    && access.done == done
                    && (access.bits == 0 || (access.bits & value) != 0)) {
                watcher.accept(access.stage);
            }
        }
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
        tell(offset, false, false, 0);
        long value = device.read(core, offset, size);
        tell(offset, false, true, value);
        return value;
    }

    @Override
    public void write(int core, long offset, int size, long value) {
        tell(offset, true, false, value);
        device.write(core, offset, size, value);
        tell(offset, true, true, value);
    }

    @Override
    public void reset() {
        device.reset();
    }
}
