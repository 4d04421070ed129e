package org.shyperlab.emulator.device.uart;

import static org.shyperlab.emulator.device.Register.ANY_SIZE;
import static org.shyperlab.emulator.device.Register.notModelled;
import static org.shyperlab.emulator.device.Register.readOnly;
import static org.shyperlab.emulator.device.Register.readWrite;
import static org.shyperlab.emulator.device.Register.writeActs;
import static org.shyperlab.emulator.device.Register.writeOnly;

import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.MappedDevice;
import org.shyperlab.emulator.device.RegisterMap;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * The PrimeCell UART PL011 (Arm DDI 0183), revision r1p1, with FIFOs of 16 characters.
 *
 * <p>A character takes no time on the line. So the transmitter is always empty and its interrupt is raised by every character sent;
 * and the receive timeout, 32 bit periods without a new character, has always passed: it is raised by every character received.
 * Nothing is wired to the modem inputs except in loopback.
 */
public final class Pl011 implements MappedDevice, SerialPort {
    // Interrupts: bits of IMSC, RIS, MIS, ICR (3.3.10). The four modem bits are in the order of the modem status in FR.
    private static final int RX = 1 << 4;
    private static final int TX = 1 << 5;
    private static final int RT = 1 << 6;
    private static final int FE = 1 << 7;
    private static final int BE = 1 << 9;
    private static final int OE = 1 << 10;

    // Error bits as they stand in RSR, and eight bits higher in DR (3.3.1, 3.3.2).
    private static final int FRAMING_ERROR = 1;
    private static final int BREAK_ERROR = 1 << 2;
    private static final int OVERRUN_ERROR = 1 << 3;

    private static final int FR_RXFE = 1 << 4;
    private static final int FR_RXFF = 1 << 6;
    private static final int FR_TXFE = 1 << 7;

    private static final int LCR_BRK = 1;
    private static final int LCR_FEN = 1 << 4;

    private static final int CR_UARTEN = 1;
    private static final int CR_LBE = 1 << 7;
    private static final int CR_TXE = 1 << 8;
    private static final int CR_RXE = 1 << 9;
    private static final int CR_RESET = CR_TXE | CR_RXE;
    private static final int IFLS_RESET = 0x12;

    /** Characters at which the receive interrupt is raised, by RXIFLSEL: 1/8, 1/4, 1/2, 3/4, 7/8 full; the rest is reserved. */
    private static final int[] RECEIVE_TRIGGER = {2, 4, 8, 12, 14, 14, 14, 14};

    private final String name;
    private final SerialOutput output;
    private final InterruptLine interrupt;
    private final GuestErrors errors;
    private final RegisterMap registers;
    private final ReceiveFifo fifo = new ReceiveFifo();
    private boolean overrun;
    private int errorStatus;
    private int lowPowerDivisor;
    private int integerDivisor;
    private int fractionalDivisor;
    private int lineControl;
    private int control;
    private int triggerLevels;
    private int mask;
    private int raised;
    private boolean disabledSendReported;

    /**
     * A port in its reset state.
     *
     * @param name the instance's name
     * @param output takes what the guest sends
     * @param interrupt UARTINTR, the combined interrupt
     * @param errors where software's mistakes are reported
     */
    public Pl011(String name, SerialOutput output, InterruptLine interrupt, GuestErrors errors) {
        this.name = name;
        this.output = output;
        this.interrupt = interrupt;
        this.errors = errors;
        this.registers = RegisterMap.of(name, 0x1000, errors)
                .add(writeActs(0x00, "UARTDR", (core, n) -> readData(), (core, n, value) -> send(core, value))
                        .sizes(ANY_SIZE)
                        .field("DATA", 7, 0)
                        .readOnlyField("FE", 8, 8)
                        .readOnlyField("PE", 9, 9)
                        .readOnlyField("BE", 10, 10)
                        .readOnlyField("OE", 11, 11)
                        .withVaryingReset())
                .add(writeActs(0x04, "UARTRSR/UARTECR", (core, n) -> errorStatus, (core, n, value) -> errorStatus = 0)
                        .sizes(ANY_SIZE))
                .add(readOnly(0x18, "UARTFR", (core, n) -> flags())
                        .sizes(ANY_SIZE)
                        .resetsTo(FR_TXFE | FR_RXFE))
                .add(readWrite(
                                0x20,
                                "UARTILPR",
                                (core, n) -> lowPowerDivisor,
                                (core, n, value) -> lowPowerDivisor = value)
                        .sizes(ANY_SIZE)
                        .field("ILPDVSR", 7, 0))
                .add(readWrite(
                                0x24,
                                "UARTIBRD",
                                (core, n) -> integerDivisor,
                                (core, n, value) -> integerDivisor = value)
                        .sizes(ANY_SIZE)
                        .field("BAUD_DIVINT", 15, 0))
                .add(readWrite(
                                0x28,
                                "UARTFBRD",
                                (core, n) -> fractionalDivisor,
                                (core, n, value) -> fractionalDivisor = value)
                        .sizes(ANY_SIZE)
                        .field("BAUD_DIVFRAC", 5, 0))
                .add(readWrite(0x2c, "UARTLCR_H", (core, n) -> lineControl, (core, n, value) -> writeLineControl(value))
                        .sizes(ANY_SIZE)
                        .field("BRK", 0, 0)
                        .field("PEN", 1, 1)
                        .field("EPS", 2, 2)
                        .field("STP2", 3, 3)
                        .field("FEN", 4, 4)
                        .field("WLEN", 6, 5)
                        .field("SPS", 7, 7))
                .add(readWrite(0x30, "UARTCR", (core, n) -> control, (core, n, value) -> writeControl(value))
                        .sizes(ANY_SIZE)
                        .field("UARTEN", 0, 0)
                        .field("SIREN", 1, 1)
                        .field("SIRLP", 2, 2)
                        .field("LBE", 7, 7)
                        .field("TXE", 8, 8)
                        .field("RXE", 9, 9)
                        .field("DTR", 10, 10)
                        .field("RTS", 11, 11)
                        .field("Out1", 12, 12)
                        .field("Out2", 13, 13)
                        .field("RTSEn", 14, 14)
                        .field("CTSEn", 15, 15)
                        .resetsTo(CR_RESET))
                .add(readWrite(
                                0x34,
                                "UARTIFLS",
                                (core, n) -> triggerLevels,
                                (core, n, value) -> writeTriggerLevels(value))
                        .sizes(ANY_SIZE)
                        .field("TXIFLSEL", 2, 0)
                        .field("RXIFLSEL", 5, 3)
                        .resetsTo(IFLS_RESET))
                .add(readWrite(0x38, "UARTIMSC", (core, n) -> mask, (core, n, value) -> writeMask(value))
                        .sizes(ANY_SIZE)
                        .field("IMSC", 10, 0))
                .add(readOnly(0x3c, "UARTRIS", (core, n) -> raised).sizes(ANY_SIZE))
                .add(readOnly(0x40, "UARTMIS", (core, n) -> raised & mask).sizes(ANY_SIZE))
                .add(writeOnly(0x44, "UARTICR", (core, n, value) -> lower(value))
                        .sizes(ANY_SIZE)
                        .field("ICR", 10, 0))
                .add(notModelled(0x48, "UARTDMACR").sizes(ANY_SIZE))
                .identification(0xfe0, "UARTPeriphID", 0x0014_1011, ANY_SIZE)
                .identification(0xff0, "UARTPCellID", 0xb105_f00d, ANY_SIZE)
                .build();
        clear();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public RegisterMap registers() {
        return registers;
    }

    @Override
    public void reset() {
        clear();
        update();
    }

    private void clear() {
        fifo.clear();
        overrun = false;
        errorStatus = 0;
        lowPowerDivisor = 0;
        integerDivisor = 0;
        fractionalDivisor = 0;
        lineControl = 0;
        control = CR_RESET;
        triggerLevels = IFLS_RESET;
        mask = 0;
        raised = 0;
        disabledSendReported = false;
    }

    /** Sets UARTEN, TXE and RXE. */
    @Override
    public void enable() {
        control |= CR_UARTEN | CR_TXE | CR_RXE;
    }

    /** The port takes a byte when the guest has enabled the receiver, it is not in loopback and has room. */
    @Override
    public boolean canReceive() {
        return (control & (CR_UARTEN | CR_RXE | CR_LBE)) == (CR_UARTEN | CR_RXE) && !fifo.isFull(fifosEnabled());
    }

    @Override
    public boolean receive(int value) {
        return canReceive() && arrive(value & 0xff);
    }

    @Override
    public int poll() {
        return fifo.count() == 0 ? -1 : readData() & 0xff;
    }

    /** A break arrives on the line: a zero character with BE and FE set. Returns as {@link #receive}. */
    public boolean receiveBreak() {
        return canReceive() && arrive((BREAK_ERROR | FRAMING_ERROR) << 8);
    }

    private boolean arrive(int entry) {
        if (fifo.isFull(fifosEnabled())) {
            overrun = true;
            errorStatus |= OVERRUN_ERROR;
            raise(OE);
            return false;
        }
        overrun = false;
        fifo.add(entry);
        int characterErrors = entry >>> 8;
        raise(RT
                | (reachesTrigger() ? RX : 0)
                | ((characterErrors & FRAMING_ERROR) != 0 ? FE : 0)
                | ((characterErrors & BREAK_ERROR) != 0 ? BE : 0));
        return true;
    }

    private boolean fifosEnabled() {
        return (lineControl & LCR_FEN) != 0;
    }

    private boolean reachesTrigger() {
        return fifo.count() >= (fifosEnabled() ? RECEIVE_TRIGGER[triggerLevels >>> 3 & 7] : 1);
    }

    /** RSR shows the errors of the character read last, and OE until it is cleared (3.3.2). */
    private int readData() {
        int entry = 0;
        if (fifo.count() > 0) {
            entry = fifo.take();
            errorStatus = errorStatus & OVERRUN_ERROR | entry >>> 8;
            raised &= ~(RT | (reachesTrigger() ? 0 : RX));
            raise(fifo.count() > 0 ? RT : 0);
        }
        return entry | (overrun ? OVERRUN_ERROR << 8 : 0);
    }

    private void send(int core, int value) {
        if ((control & (CR_UARTEN | CR_TXE)) != (CR_UARTEN | CR_TXE) && !disabledSendReported) {
            disabledSendReported = true;
            errors.report(
                    core,
                    name,
                    "a character is sent while the UART or its transmitter is disabled (DDI 0183 3.3.8);"
                            + " it is sent all the same, and this is reported once");
        }
        if ((control & CR_LBE) != 0) {
            loop(value);
        } else {
            output.put(value);
        }
        raise(TX);
    }

    /** Loopback feeds the transmitter to the receiver; there, and only there, characters can be overrun. */
    private void loop(int entry) {
        if ((control & CR_RXE) != 0) {
            arrive(entry);
        }
    }

    private int flags() {
        int flags = FR_TXFE | modemInputs(control);
        flags |= fifo.count() == 0 ? FR_RXFE : 0;
        flags |= fifo.isFull(fifosEnabled()) ? FR_RXFF : 0;
        return flags;
    }

    /** CTS, DSR, DCD and RI as in FR: in loopback they are RTS, DTR, Out1 and Out2 (2.4.3). */
    private static int modemInputs(int control) {
        if ((control & CR_LBE) == 0) {
            return 0;
        }
        return control >>> 11 & 1 | (control >>> 10 & 1) << 1 | (control >>> 12 & 1) << 2 | (control >>> 13 & 1) << 8;
    }

    private void writeControl(int value) {
        int changed = modemInputs(control) ^ modemInputs(value);
        control = value;
        // Interrupt bits 3:0 are DSR, DCD, CTS, RI.
        raise(changed >>> 8 & 1 | (changed & 1) << 1 | (changed >>> 2 & 1) << 2 | (changed >>> 1 & 1) << 3);
    }

    /** Switching the FIFOs on or off loses no character: what is there stays to be read. */
    private void writeLineControl(int value) {
        boolean breakBegins = (value & ~lineControl & LCR_BRK) != 0;
        lineControl = value;
        if (breakBegins && (control & CR_LBE) != 0) {
            loop((BREAK_ERROR | FRAMING_ERROR) << 8);
        }
        retrigger();
    }

    private void writeTriggerLevels(int value) {
        triggerLevels = value;
        retrigger();
    }

    private void retrigger() {
        raise(fifo.count() > 0 && reachesTrigger() ? RX : 0);
    }

    private void writeMask(int value) {
        mask = value;
        update();
    }

    private void raise(int interrupts) {
        raised |= interrupts;
        update();
    }

    private void lower(int interrupts) {
        raised &= ~interrupts;
        update();
    }

    private void update() {
        interrupt.set((raised & mask) != 0);
    }
}
