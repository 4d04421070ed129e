package org.shyperlab.emulator.device.uart;

import org.shyperlab.emulator.device.Device;

/** A serial port as the terminal at the other end of its line sees it. */
public interface SerialPort extends Device, SerialInput {
    /** Enables both directions, as firmware leaves the console to the system that it starts. */
    void enable();

    /** Whether {@link #receive} would take a byte now. */
    boolean canReceive();

    /** Takes the oldest byte that arrived, as firmware does that polls the port instead of waiting for its interrupt; -1 for none. */
    int poll();
}
