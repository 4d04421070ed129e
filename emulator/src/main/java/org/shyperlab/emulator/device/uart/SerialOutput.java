package org.shyperlab.emulator.device.uart;

/** Where the bytes go that a serial port sends. */
@FunctionalInterface
public interface SerialOutput {
    /** A port whose line ends nowhere. */
    SerialOutput UNCONNECTED = value -> {};

    /** Takes one byte, 0 to 255, on the machine's thread. */
    void put(int value);
}
