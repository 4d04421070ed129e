package org.shyperlab.emulator.device.power;

/** What a power device asks the machine to do. */
public interface PowerRequests {
    /** Switch the machine off. */
    void powerOff();

    /** Switch the machine off and tell that software failed. */
    void fail(int code);

    /** Reset the machine. */
    void reset();
}
