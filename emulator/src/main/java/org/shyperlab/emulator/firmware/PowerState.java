package org.shyperlab.emulator.firmware;

/** What firmware knows of a core. */
public enum PowerState {
    /** Switched off. */
    OFF,
    /** Told to start; it has not executed anything yet. */
    STARTING,
    /** Executes, or waits for an interrupt by an instruction of its own. */
    ON,
    /** Sleeps because it asked firmware for that. */
    SUSPENDED
}
