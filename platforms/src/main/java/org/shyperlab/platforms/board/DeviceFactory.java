package org.shyperlab.platforms.board;

import java.util.function.IntFunction;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.gpio.Pl061;
import org.shyperlab.emulator.device.rtc.Pl031;
import org.shyperlab.emulator.device.uart.Pl011;
import org.shyperlab.emulator.device.uart.SerialOutput;
import org.shyperlab.emulator.device.virtio.EmptyVirtioSlots;
import org.shyperlab.emulator.time.Alarms;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * Builds the devices that a board file names.
 *
 * @param alarms virtual time for devices that wait
 * @param spi the interrupt controller's input of an SPI, by number from 0
 * @param errors where guests' mistakes go
 */
record DeviceFactory(Alarms alarms, IntFunction<InterruptLine> spi, GuestErrors errors) {
    /** A device; {@code output} takes what it sends when it is a serial port. */
    Device build(BoardDevice device, SerialOutput output) {
        String name = device.name();
        InterruptLine interrupt = spi.apply(device.interrupt());
        return switch (device.type()) {
            case PL011 -> new Pl011(name, output, interrupt, errors);
            case PL031 -> new Pl031(name, device.setting("epoch"), alarms, interrupt, errors);
            case PL061 -> new Pl061(name, interrupt, errors);
            case VIRTIO_MMIO -> new EmptyVirtioSlots(name, Math.toIntExact(device.setting("slots")), errors);
        };
    }
}
