package org.shyperlab.benchmarks;

import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.time.Alarms;

/** A device that raises its level-triggered line by an alarm of its own; a read of any register lowers it and sets the next alarm. */
final class Doorbell implements Device {
    static final String NAME = "doorbell";

    private final Alarms alarms;
    private final Alarms.Alarm alarm;
    private final InterruptLine line;
    private Runnable watcher = () -> {};
    private long period = Long.MAX_VALUE;

    Doorbell(Alarms alarms, InterruptLine line) {
        this.alarms = alarms;
        this.line = line;
        alarm = alarms.create(this::ring);
    }

    /** From {@code firstCycle} on it rings, and again {@code newPeriod} cycles after each read; {@code newWatcher} is told right before. */
    void start(long firstCycle, long newPeriod, Runnable newWatcher) {
        period = newPeriod;
        watcher = newWatcher;
        alarm.set(firstCycle);
    }

    private void ring() {
        watcher.run();
        line.set(true);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public long size() {
        return 0x1000;
    }

    @Override
    public long read(int core, long offset, int size) {
        line.set(false);
        alarm.set(alarms.clock().cycles() + period);
        return 0;
    }

    @Override
    public void write(int core, long offset, int size, long value) {
        throw new IllegalStateException("nobody writes to the doorbell");
    }

    @Override
    public void reset() {
        line.set(false);
        alarm.cancel();
    }
}
