package org.shyperlab.emulator.machine;

/** Why {@link Machine#run} came back. */
public enum StopReason {
    /** The guest powered the machine off (PSCI SYSTEM_OFF). */
    POWER_OFF,
    /** The guest asked for a reset (PSCI SYSTEM_RESET). */
    RESET,
    /** The condition the caller waited for was met ({@link Machine#requestStop}). */
    CONDITION_MET,
    /** The limit of virtual time was reached. */
    LIMIT,
    /** Every core sleeps and nothing can ever wake one. */
    DEADLOCK,
    /** Nothing that could still run was left: every guest failed. */
    GUEST_FAILURE
}
