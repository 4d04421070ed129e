package org.shyperlab.hypervisor.device;

import org.shyperlab.emulator.device.uart.SerialPort;
import org.shyperlab.hypervisor.vcpu.Vcpu;

/** An emulated serial port of a VM: one of the board's kind that nobody but this VM sees. */
public final class EmulatedConsole implements EmulatedDevice {
    private final SerialPort uart;
    private final long size;

    /** The registers of {@code uart} in a window of {@code size} bytes. */
    public EmulatedConsole(SerialPort uart, long size) {
        this.uart = uart;
        this.size = size;
    }

    /** The serial port, for its input side. */
    public SerialPort uart() {
        return uart;
    }

    @Override
    public String name() {
        return uart.name();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long read(Vcpu vcpu, long offset, int size) {
        return offset < uart.size() ? uart.read(vcpu.core(), offset, size) : 0;
    }

    @Override
    public void write(Vcpu vcpu, long offset, int size, long value) {
        if (offset < uart.size()) {
            uart.write(vcpu.core(), offset, size, value);
        }
    }

    @Override
    public void reset() {
        uart.reset();
        uart.enable();
    }
}
