package org.shyperlab.platforms.run;

import org.shyperlab.emulator.device.uart.SerialOutput;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.platforms.board.Board;

/** What comes out of the board's serial port goes to the console of the VM that has it. */
final class BoardConsole implements SerialOutput {
    private SerialOutput owner = SerialOutput.UNCONNECTED;

    BoardConsole() {}

    /** From now on it is this VM's. */
    void owner(SerialOutput console) {
        owner = console;
    }

    @Override
    public void put(int value) {
        owner.put(value);
    }

    /** Whether a VM has the board's console to itself. */
    static boolean belongsTo(Board board, VmConfig config) {
        long base = board.device(board.console()).base();
        return config.passthrough().stream().anyMatch(device -> device.physical() == base);
    }
}
