package org.shyperlab.platforms.board;

import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.gpio.Pl061;
import org.shyperlab.emulator.device.power.PowerRequests;
import org.shyperlab.emulator.device.power.TestFinisher;
import org.shyperlab.emulator.device.rtc.GoldfishRtc;
import org.shyperlab.emulator.device.rtc.Pl031;
import org.shyperlab.emulator.device.uart.Ns16550;
import org.shyperlab.emulator.device.uart.Pl011;
import org.shyperlab.emulator.device.uart.SerialOutput;
import org.shyperlab.emulator.device.virtio.VirtioSlots;
import org.shyperlab.emulator.memory.DmaMemory;
import org.shyperlab.emulator.time.Alarms;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * Builds the devices that a board file names.
 *
 * @param alarms virtual time for devices that wait
 * @param input the interrupt controller's input, by its number in device trees
 * @param memory what devices that master the bus reach
 * @param power does what power devices ask for
 * @param errors where guests' mistakes go
 */
record DeviceFactory(
        Alarms alarms, IntFunction<InterruptLine> input, DmaMemory memory, PowerRequests power, GuestErrors errors) {
    /** A device; {@code output} takes what it sends when it is a serial port. */
    Device build(BoardDevice device, SerialOutput output) {
        String name = device.name();
        InterruptLine interrupt =
                device.type().hasInterrupt() ? input.apply(device.interrupt()) : InterruptLine.UNCONNECTED;
        return switch (device.type()) {
            case PL011 -> new Pl011(name, output, interrupt, errors);
            case PL031 -> new Pl031(name, device.setting("epoch"), alarms, interrupt, errors);
            case PL061 -> new Pl061(name, interrupt, errors);
            case NS16550 -> new Ns16550(name, output, interrupt, errors);
            case GOLDFISH_RTC -> new GoldfishRtc(name, device.setting("epoch"), alarms, interrupt, errors);
            case TEST_FINISHER -> new TestFinisher(name, power, errors);
            case VIRTIO_MMIO ->
                new VirtioSlots(
                        name,
                        Math.toIntExact(device.setting("stride")),
                        IntStream.range(device.interrupt(), device.interrupt() + device.interrupts())
                                .mapToObj(input)
                                .toList(),
                        memory,
                        errors);
        };
    }
}
