package org.shyperlab.emulator.device.uart;

import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * The UART 16550A (National Semiconductor PC16550D), registers at consecutive bytes, with FIFOs of 16 characters.
 *
 * <p>A character takes no time on the line. So the transmitter is always empty and its interrupt is raised by every character sent;
 * and the receive timeout has always passed: fewer characters than the trigger level are reported as a timeout at once. A terminal
 * that is ready is wired to the modem inputs: CTS, DSR and DCD are on.
 */
public final class Ns16550 implements SerialPort {
    private static final long WINDOW = 0x1000;

    // Register offsets (PC16550D, table II); two have another meaning while LCR.DLAB is set.
    private static final int RBR_THR_DLL = 0;
    private static final int IER_DLM = 1;
    private static final int IIR_FCR = 2;
    private static final int LCR = 3;
    private static final int MCR = 4;
    private static final int LSR = 5;
    private static final int MSR = 6;
    private static final int SCR = 7;

    private static final int IER_RECEIVED = 1;
    private static final int IER_TRANSMIT_EMPTY = 2;
    private static final int IER_LINE_STATUS = 4;
    private static final int IER_MODEM_STATUS = 8;

    private static final int IIR_NONE = 1;
    private static final int IIR_LINE_STATUS = 6;
    private static final int IIR_RECEIVED = 4;
    private static final int IIR_TIMEOUT = 0xc;
    private static final int IIR_TRANSMIT_EMPTY = 2;
    private static final int IIR_MODEM_STATUS = 0;
    private static final int IIR_FIFOS = 0xc0;

    private static final int FCR_ENABLE = 1;
    private static final int FCR_CLEAR_RECEIVER = 2;

    private static final int LCR_EIGHT_BITS = 3;
    private static final int LCR_BREAK = 0x40;
    private static final int LCR_DLAB = 0x80;

    private static final int MCR_BITS = 0x1f;
    private static final int MCR_LOOP = 0x10;

    private static final int LSR_DATA_READY = 1;
    private static final int LSR_OVERRUN = 2;
    private static final int LSR_ERRORS = 0x1e;
    private static final int LSR_FRAMING_ERROR = 8;
    private static final int LSR_BREAK = 0x10;
    private static final int LSR_TRANSMITTER_IDLE = 0x60;
    private static final int LSR_FIFO_ERROR = 0x80;

    private static final int MSR_DELTAS = 0xf;
    private static final int MSR_RING = 0x40;
    private static final int MSR_TERMINAL_READY = 0xb0;

    private static final int[] TRIGGER = {1, 4, 8, 14};

    private final String name;
    private final SerialOutput output;
    private final InterruptLine interrupt;
    private final GuestErrors errors;
    private final ReceiveFifo fifo = new ReceiveFifo();
    private int interruptEnable;
    private int fifoControl;
    private int lineControl;
    private int modemControl;
    private int lineErrors;
    private int modemDeltas;
    private int scratch;
    private int divisor;
    /** Errored characters in the FIFO, for LSR bit 7. */
    private int erroredCharacters;

    private boolean transmitEmptyRaised;

    /**
     * A port in its reset state.
     *
     * @param name the instance's name
     * @param output takes what the guest sends
     * @param interrupt INTR
     * @param errors where software's mistakes are reported
     */
    public Ns16550(String name, SerialOutput output, InterruptLine interrupt, GuestErrors errors) {
        this.name = name;
        this.output = output;
        this.interrupt = interrupt;
        this.errors = errors;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return WINDOW;
    }

    @Override
    public void reset() {
        clearFifo();
        interruptEnable = 0;
        fifoControl = 0;
        lineControl = 0;
        modemControl = 0;
        lineErrors = 0;
        modemDeltas = 0;
        scratch = 0;
        divisor = 0;
        transmitEmptyRaised = false;
        update();
    }

    /** Sets eight data bits, one stop bit, and the FIFOs on. A 16550 sends and receives without that too. */
    @Override
    public void enable() {
        lineControl = LCR_EIGHT_BITS;
        writeFifoControl(FCR_ENABLE);
    }

    /** The port takes a byte when it is not in loopback and has room. */
    @Override
    public boolean canReceive() {
        return (modemControl & MCR_LOOP) == 0 && !fifo.isFull(fifosEnabled());
    }

    @Override
    public boolean receive(int value) {
        return canReceive() && arrive(value & 0xff);
    }

    @Override
    public int poll() {
        return fifo.count() == 0 ? -1 : readReceived();
    }

    /** A break arrives on the line: a zero character with BI and FE set. Returns as {@link #receive}. */
    public boolean receiveBreak() {
        return canReceive() && arrive((LSR_BREAK | LSR_FRAMING_ERROR) << 8);
    }

    private boolean arrive(int entry) {
        boolean taken = !fifo.isFull(fifosEnabled());
        if (taken) {
            if (fifo.count() == 0) {
                lineErrors |= entry >>> 8;
            }
            erroredCharacters += entry >>> 8 == 0 ? 0 : 1;
            fifo.add(entry);
        } else {
            lineErrors |= LSR_OVERRUN;
        }
        update();
        return taken;
    }

    @Override
    public long read(int core, long offset, int size) {
        if (!isRegister(core, offset, size, "read")) {
            return 0;
        }
        return switch ((int) offset) {
            case RBR_THR_DLL -> dlab() ? divisor & 0xff : readReceived();
            case IER_DLM -> dlab() ? divisor >>> 8 : interruptEnable;
            case IIR_FCR -> readIdentification();
            case LCR -> lineControl;
            case MCR -> modemControl;
            case LSR -> readLineStatus();
            case MSR -> readModemStatus();
            default -> scratch;
        };
    }

    @Override
    public void write(int core, long offset, int size, long value) {
        if (!isRegister(core, offset, size, "write")) {
            return;
        }
        int bits = (int) value & 0xff;
        switch ((int) offset) {
            case RBR_THR_DLL -> {
                if (dlab()) {
                    divisor = divisor & 0xff00 | bits;
                } else {
                    send(bits);
                }
            }
            case IER_DLM -> {
                if (dlab()) {
                    divisor = divisor & 0xff | bits << 8;
                } else {
                    writeInterruptEnable(bits & 0xf);
                }
            }
            case IIR_FCR -> writeFifoControl(bits);
            case LCR -> writeLineControl(bits);
            case MCR -> writeModemControl(bits & MCR_BITS);
            case SCR -> scratch = bits;
            default ->
                errors.report(
                        core,
                        name,
                        "write of 0x%x to the read-only status register %d (PC16550D 8.4, 8.8)",
                        bits,
                        offset);
        }
        update();
    }

    private boolean isRegister(int core, long offset, int size, String verb) {
        if (offset < 0 || offset > SCR) {
            errors.report(core, name, "%s of %d bytes at offset 0x%x, where no register is", verb, size, offset);
            return false;
        }
        if (size != 1) {
            errors.report(core, name, "%s of %d bytes at offset 0x%x: registers are bytes", verb, size, offset);
            return false;
        }
        return true;
    }

    private boolean dlab() {
        return (lineControl & LCR_DLAB) != 0;
    }

    private boolean fifosEnabled() {
        return (fifoControl & FCR_ENABLE) != 0;
    }

    private int readReceived() {
        if (fifo.count() == 0) {
            return 0;
        }
        int entry = fifo.take();
        erroredCharacters -= entry >>> 8 == 0 ? 0 : 1;
        if (fifo.count() > 0) {
            // The status register shows the errors of the character at the top of the FIFO (8.4).
            lineErrors |= fifo.first() >>> 8;
        }
        update();
        return entry & 0xff;
    }

    private void send(int value) {
        if ((modemControl & MCR_LOOP) != 0) {
            arrive(value);
        } else {
            output.put(value);
        }
        transmitEmptyRaised = true;
    }

    /** Enabling the transmitter's interrupt while it is empty, as it always is, raises it. */
    private void writeInterruptEnable(int value) {
        transmitEmptyRaised |= (value & ~interruptEnable & IER_TRANSMIT_EMPTY) != 0;
        interruptEnable = value;
    }

    /** Other bits of FCR count only while bit 0 is written as one; a change of bit 0 empties the FIFOs (8.3). */
    private void writeFifoControl(int value) {
        boolean changes = ((value ^ fifoControl) & FCR_ENABLE) != 0;
        if (changes || (value & FCR_CLEAR_RECEIVER) != 0 && (value & FCR_ENABLE) != 0) {
            clearFifo();
        }
        fifoControl = (value & FCR_ENABLE) != 0 ? value & (FCR_ENABLE | IIR_FIFOS) : 0;
    }

    private void clearFifo() {
        fifo.clear();
        erroredCharacters = 0;
    }

    private void writeLineControl(int value) {
        boolean breakBegins = (value & ~lineControl & LCR_BREAK) != 0;
        lineControl = value;
        if (breakBegins && (modemControl & MCR_LOOP) != 0) {
            arrive((LSR_BREAK | LSR_FRAMING_ERROR) << 8);
        }
    }

    private void writeModemControl(int value) {
        int before = modemInputs();
        modemControl = value;
        int after = modemInputs();
        int changed = (before ^ after) >>> 4;
        // RI counts only when it goes off (8.8).
        modemDeltas |= changed & ~4 | ((before & ~after & MSR_RING) != 0 ? 4 : 0);
    }

    /** CTS, DSR, RI and DCD as in MSR: in loopback they are RTS, DTR, OUT1 and OUT2 (8.7). */
    private int modemInputs() {
        if ((modemControl & MCR_LOOP) == 0) {
            return MSR_TERMINAL_READY;
        }
        return (modemControl & 2) << 3 | (modemControl & 1) << 5 | (modemControl & 4) << 4 | (modemControl & 8) << 4;
    }

    private int readLineStatus() {
        int status = LSR_TRANSMITTER_IDLE | lineErrors;
        status |= fifo.count() > 0 ? LSR_DATA_READY : 0;
        status |= fifosEnabled() && erroredCharacters > 0 ? LSR_FIFO_ERROR : 0;
        lineErrors = 0;
        update();
        return status;
    }

    private int readModemStatus() {
        int status = modemInputs() | modemDeltas;
        modemDeltas = 0;
        update();
        return status;
    }

    /** The pending interrupt of the highest priority, or {@link #IIR_NONE} (8.5, table IV). */
    private int pendingInterrupt() {
        if ((interruptEnable & IER_LINE_STATUS) != 0 && (lineErrors & LSR_ERRORS) != 0) {
            return IIR_LINE_STATUS;
        }
        if ((interruptEnable & IER_RECEIVED) != 0 && fifo.count() > 0) {
            boolean reached = !fifosEnabled() || fifo.count() >= TRIGGER[fifoControl >>> 6];
            return reached ? IIR_RECEIVED : IIR_TIMEOUT;
        }
        if ((interruptEnable & IER_TRANSMIT_EMPTY) != 0 && transmitEmptyRaised) {
            return IIR_TRANSMIT_EMPTY;
        }
        if ((interruptEnable & IER_MODEM_STATUS) != 0 && (modemDeltas & MSR_DELTAS) != 0) {
            return IIR_MODEM_STATUS;
        }
        return IIR_NONE;
    }

    private int readIdentification() {
        int pending = pendingInterrupt();
        if (pending == IIR_TRANSMIT_EMPTY) {
            transmitEmptyRaised = false;
            update();
        }
        return pending | (fifosEnabled() ? IIR_FIFOS : 0);
    }

    private void update() {
        interrupt.set(pendingInterrupt() != IIR_NONE);
    }
}
