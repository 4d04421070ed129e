package org.shyperlab.emulator.firmware;

/** What SBI firmware does to the harts of its machine besides power. */
public interface SbiHarts {
    /** Whether the harts show the H extension to the software that calls: to a hypervisor, not to its guests. */
    boolean hasHypervisorExtension();

    /** Sets hart {@code hart}'s supervisor timer to fire when time reaches {@code ticks}; clears it when that is in the future. */
    void timer(int hart, long ticks);

    /** Raises the supervisor software interrupt of a hart. */
    void softwareInterrupt(int hart);

    /** Drops all address translations, of both stages, in every hart. */
    void flushTranslations();

    /** Writes a byte to the firmware's console. */
    void write(int character);

    /** Reads a byte from the firmware's console, or -1 when there is none. */
    int read();
}
