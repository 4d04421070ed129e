package org.shyperlab.emulator.device.uart;

/** The input side of a serial line or console. On the machine's thread. */
@FunctionalInterface
public interface SerialInput {
    /**
     * A byte arrives on the line.
     *
     * @return false if it cannot be taken now; offer it again later, nothing is lost
     */
    boolean receive(int value);
}
