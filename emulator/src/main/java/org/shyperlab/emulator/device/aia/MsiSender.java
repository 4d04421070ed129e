package org.shyperlab.emulator.device.aia;

import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * Writes an APLIC's messages to the bus, one at a time. A message that is addressed to the APLIC itself could cause the next one
 * without end; such a follower is refused and stays pending.
 */
final class MsiSender {
    private final String device;
    private final MsiBus bus;
    private final GuestErrors errors;
    private boolean sending;

    MsiSender(String device, MsiBus bus, GuestErrors errors) {
        this.device = device;
        this.bus = bus;
        this.errors = errors;
    }

    /** Sends a message; returns whether it left. */
    boolean send(long address, int data) {
        if (sending) {
            errors.report(
                    Device.NO_CORE,
                    device,
                    "a message-signalled interrupt causes another at the same APLIC: the second one,"
                            + " 0x%x to 0x%x, is not sent",
                    data,
                    address);
            return false;
        }
        sending = true;
        try {
            bus.write(address, data);
        } finally {
            sending = false;
        }
        return true;
    }
}
