package org.shyperlab.emulator.firmware;

/** What firmware can do to the machine's power. */
public interface PowerControl {
    /** Number of cores on the board. */
    int cores();

    /** What a core is at. */
    PowerState state(int core);

    /** Whether a core is on, or on its way to that. */
    default boolean isOn(int core) {
        return state(core) != PowerState.OFF;
    }

    /** Starts a core that is off at {@code entry} with X0 = {@code context}. */
    void powerOn(int core, long entry, long context);

    /** Switches a core off; it stops after the current instruction. */
    void powerOff(int core);

    /** Puts a core to sleep until an interrupt is asserted at it. */
    void suspend(int core);

    /** Switches the whole machine off. */
    void systemOff();

    /** Resets the whole machine. */
    void systemReset();
}
