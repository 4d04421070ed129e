package org.shyperlab.emulator.trace;

/**
 * Where devices and cores report what a guest did wrong. Reporting never throws and never stops anything: the guest sees what the
 * hardware would do. Text is formatted only while it is kept, so a guest that errs without end costs little.
 */
public interface GuestErrors {
    /** Drops every report; for unit tests. */
    GuestErrors IGNORE = (core, source, format, arguments) -> {};

    /**
     * Reports one guest error.
     *
     * @param core index of the core that did it, or {@link org.shyperlab.emulator.device.Device#NO_CORE}
     * @param source the device's or core's name
     * @param format what happened and which rule it breaks, as for {@link String#format}, for example
     *     {@code "write of 0x%x to GICD_TYPER, which is read-only (GICv2 4.3.2)"}
     */
    void report(int core, String source, String format, Object... arguments);
}
