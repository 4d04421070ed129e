package org.shyperlab.emulator.firmware;

import java.util.List;

/** Cores in given states; what firmware does with them is written down. */
record RecordedPower(PowerState[] states, List<String> done) implements PowerControl {
    @Override
    public int cores() {
        return states.length;
    }

    @Override
    public PowerState state(int core) {
        return states[core];
    }

    @Override
    public void powerOn(int core, long entry, long context) {
        done.add("on %d %x %d".formatted(core, entry, context));
    }

    @Override
    public void powerOff(int core) {
        done.add("off " + core);
    }

    @Override
    public void suspend(int core) {
        done.add("suspend " + core);
    }

    @Override
    public void systemOff() {
        done.add("system off");
    }

    @Override
    public void systemReset() {
        done.add("system reset");
    }
}
