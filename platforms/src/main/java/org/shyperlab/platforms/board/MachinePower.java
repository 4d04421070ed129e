package org.shyperlab.platforms.board;

import java.util.function.Consumer;
import org.shyperlab.emulator.device.power.PowerRequests;
import org.shyperlab.emulator.machine.StopReason;

/**
 * Ends a machine's run when a power device asks for it.
 *
 * @param stop takes the reason
 */
record MachinePower(Consumer<StopReason> stop) implements PowerRequests {
    @Override
    public void powerOff() {
        stop.accept(StopReason.POWER_OFF);
    }

    @Override
    public void fail(int code) {
        stop.accept(StopReason.GUEST_FAILURE);
    }

    @Override
    public void reset() {
        stop.accept(StopReason.RESET);
    }
}
