package org.shyperlab.emulator.device;

import java.util.stream.IntStream;
import org.shyperlab.emulator.core.riscv64.HartInterruptInputs;

/** A hart's pins that remember their levels. */
public final class RecordedPins implements HartInterruptInputs {
    public boolean machineExternal;
    public boolean supervisorExternal;
    public boolean machineSoftware;
    public boolean machineTimer;
    public int supervisorSoftwareEdges;
    /** Bit n: guest file n is asserted, as hgeip. */
    public long guestExternal;

    /** Pins of {@code count} harts. */
    public static RecordedPins[] of(int count) {
        return IntStream.range(0, count).mapToObj(n -> new RecordedPins()).toArray(RecordedPins[]::new);
    }

    @Override
    public void machineExternal(boolean asserted) {
        machineExternal = asserted;
    }

    @Override
    public void supervisorExternal(boolean asserted) {
        supervisorExternal = asserted;
    }

    @Override
    public void guestExternal(int guestFile, boolean asserted) {
        guestExternal = asserted ? guestExternal | 1L << guestFile : guestExternal & ~(1L << guestFile);
    }

    @Override
    public void machineSoftware(boolean asserted) {
        machineSoftware = asserted;
    }

    @Override
    public void machineTimer(boolean asserted) {
        machineTimer = asserted;
    }

    @Override
    public void raiseSupervisorSoftware() {
        supervisorSoftwareEdges++;
    }
}
