package org.shyperlab.emulator.time;

/** Hands out one-shot alarms in virtual time; devices that wait for a moment (RTC, and later DMA engines) use them. */
public interface Alarms {
    /** A one-shot alarm of one device. */
    interface Alarm {
        /** Fires the alarm's action once when the virtual clock reaches {@code cycle}; replaces what was set before. */
        void set(long cycle);

        /** Nothing will fire until the next {@link #set}. */
        void cancel();
    }

    /** A new, unset alarm that runs {@code action} on the machine's thread. Called while a board is built, never later. */
    Alarm create(Runnable action);

    /** The clock that the alarms go by. */
    VirtualClock clock();
}
