package org.shyperlab.hypervisor.device;

import org.shyperlab.emulator.device.uart.SerialPort;

/** An emulated serial port of a VM: one of the board's kind that nobody but this VM sees. */
public final class EmulatedConsole extends EmulatedRegisters<SerialPort> {
    /** The registers of {@code uart} in a window of {@code size} bytes. */
    public EmulatedConsole(SerialPort uart, long size) {
        super(uart, size);
    }

    /** The serial port, for its input side. */
    public SerialPort uart() {
        return device();
    }

    @Override
    public void reset() {
        super.reset();
        device().enable();
    }
}
