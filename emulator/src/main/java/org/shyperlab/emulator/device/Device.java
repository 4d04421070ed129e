package org.shyperlab.emulator.device;

/**
 * A memory-mapped device: one window of registers on the system bus.
 *
 * <p>All calls come from the machine's thread. A device never throws for what a guest does: a wrong access reads as zero or is
 * ignored, and is reported with {@link org.shyperlab.emulator.trace.GuestErrors}.
 */
public interface Device {
    /** The {@code core} argument of accesses that no core makes (DMA, debugger). */
    int NO_CORE = -1;

    /** The instance's name as the board file gives it, for example {@code uart0}. */
    String name();

    /** Size of the register window in bytes, a multiple of 4096. */
    long size();

    /**
     * Reads {@code size} bytes (1, 2, 4 or 8) at {@code offset} from the window's start.
     *
     * @param core index of the core that makes the access, for banked registers; {@link #NO_CORE} otherwise
     * @return the value, zero-extended
     */
    long read(int core, long offset, int size);

    /** Writes the low {@code size} bytes (1, 2, 4 or 8) of {@code value} at {@code offset}; {@code core} as in {@link #read}. */
    void write(int core, long offset, int size, long value);

    /** Puts every register to its reset value and lowers every output. */
    void reset();
}
