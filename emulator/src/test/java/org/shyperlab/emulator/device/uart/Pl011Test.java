package org.shyperlab.emulator.device.uart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.emulator.device.RecordedErrors;

class Pl011Test {
    private static final int DR = 0x00;
    private static final int RSR = 0x04;
    private static final int FR = 0x18;
    private static final int LCR_H = 0x2c;
    private static final int CR = 0x30;
    private static final int IFLS = 0x34;
    private static final int IMSC = 0x38;
    private static final int RIS = 0x3c;
    private static final int MIS = 0x40;
    private static final int ICR = 0x44;
    private static final int DMACR = 0x48;

    private static final int ENABLED = 0x301;
    private static final int LOOPBACK = 0x80;
    private static final int FEN = 0x10;
    private static final int BRK = 1;

    private static final int RX = 1 << 4;
    private static final int TX = 1 << 5;
    private static final int RT = 1 << 6;
    private static final int FE = 1 << 7;
    private static final int BE = 1 << 9;
    private static final int OE = 1 << 10;

    private static final int RXFE = 1 << 4;
    private static final int RXFF = 1 << 6;
    private static final int TXFE = 1 << 7;

    private final RecordedErrors errors = new RecordedErrors();
    private final StringBuilder sent = new StringBuilder();
    private boolean interrupt;
    private final Pl011 uart = new Pl011("uart0", value -> sent.append((char) value), high -> interrupt = high, errors);

    @BeforeEach
    void enableWithFifos() {
        write(LCR_H, 0x60 | FEN);
        write(CR, ENABLED);
    }

    private int read(int offset) {
        return (int) uart.read(0, offset, 4);
    }

    private void write(int offset, int value) {
        uart.write(0, offset, 4, value);
    }

    private int receiveUntilFull() {
        int taken = 0;
        while (uart.receive('a' + taken)) {
            taken++;
        }
        return taken;
    }

    @Test
    void whatTheGuestWritesGoesOutAtOnceWhateverTheAccessSize() {
        uart.write(0, DR, 1, 'o');
        uart.write(0, DR, 2, 'k');
        uart.write(0, DR, 4, 0xffff_ff00L | '!');
        assertThat(sent).hasToString("ok!");
        assertThat(read(FR)).isEqualTo(TXFE | RXFE);
        assertThat(errors.texts()).isEmpty();
    }

    @Test
    void everyCharacterSentRaisesTheTransmitInterruptUntilCleared() {
        write(IMSC, TX);
        assertThat(interrupt).isFalse();
        write(DR, 'x');
        assertThat(interrupt).isTrue();
        assertThat(read(MIS)).isEqualTo(TX);
        write(ICR, TX);
        assertThat(interrupt).isFalse();
    }

    @Test
    void sendingWhileDisabledIsReportedOnceAndStillSends() {
        write(CR, 0x300);
        write(DR, 'a');
        write(DR, 'b');
        assertThat(sent).hasToString("ab");
        assertThat(errors.texts()).singleElement().asString().contains("while the UART or its transmitter is disabled");
    }

    @Test
    void receivedCharactersAreReadInOrder() {
        for (int c = 0; c < 10; c++) {
            assertThat(uart.receive('0' + c)).isTrue();
        }
        for (int c = 0; c < 10; c++) {
            assertThat(read(DR)).isEqualTo('0' + c);
        }
        assertThat(read(FR)).isEqualTo(TXFE | RXFE);
        assertThat(read(DR)).as("an empty FIFO").isZero();
    }

    @Test
    void firmwareThatPollsTakesCharactersInOrderAndWithTheLastTheInterrupt() {
        write(IMSC, RT);
        assertThat(uart.poll()).isEqualTo(-1);
        uart.receive('a');
        uart.receive(0xff);
        assertThat(uart.poll()).isEqualTo('a');
        assertThat(interrupt).isTrue();
        assertThat(uart.poll()).isEqualTo(0xff);
        assertThat(interrupt).isFalse();
        assertThat(uart.poll()).isEqualTo(-1);
    }

    @Test
    void theFifoTakes16CharactersAndRefusesMoreWithoutLosingAny() {
        assertThat(receiveUntilFull()).isEqualTo(16);
        assertThat(read(FR)).isEqualTo(TXFE | RXFF);
        assertThat(uart.canReceive()).isFalse();
        assertThat(read(DR)).isEqualTo('a');
        assertThat(uart.receive('z')).isTrue();
        assertThat(read(RIS) & OE).isZero();
    }

    @Test
    void withoutFifosOneCharacterIsHeld() {
        write(LCR_H, 0x60);
        assertThat(receiveUntilFull()).isEqualTo(1);
        assertThat(read(RIS)).isEqualTo(RX | RT);
        assertThat(read(DR)).isEqualTo('a');
        assertThat(read(RIS)).isZero();
    }

    @Test
    void switchingTheFifosOffKeepsWhatIsThere() {
        receiveUntilFull();
        write(LCR_H, 0x60);
        assertThat(uart.canReceive()).isFalse();
        for (int c = 0; c < 16; c++) {
            assertThat(read(DR)).isEqualTo('a' + c);
        }
        assertThat(uart.canReceive()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0, 2", "1, 4", "2, 8", "3, 12", "4, 14"})
    void theReceiveInterruptComesAtItsTriggerLevelAndGoesBelowIt(int select, int trigger) {
        write(IFLS, select << 3);
        write(IMSC, RX);
        for (int c = 1; c < trigger; c++) {
            uart.receive(c);
            assertThat(interrupt).as("%d characters", c).isFalse();
        }
        uart.receive(trigger);
        assertThat(interrupt).isTrue();
        read(DR);
        assertThat(interrupt).isFalse();
    }

    @Test
    void theReceiveTimeoutTellsOfFewerCharactersUntilTheFifoIsEmpty() {
        write(IMSC, RT);
        uart.receive('a');
        uart.receive('b');
        assertThat(interrupt).isTrue();
        read(DR);
        assertThat(interrupt).isTrue();
        read(DR);
        assertThat(interrupt).isFalse();
    }

    @Test
    void aClearedTimeoutComesBackWithTheNextCharacter() {
        write(IMSC, RT);
        uart.receive('a');
        write(ICR, RT);
        assertThat(interrupt).isFalse();
        uart.receive('b');
        assertThat(interrupt).isTrue();
    }

    @Test
    void nothingIsReceivedWhileTheReceiverIsDisabledOrInLoopback() {
        write(CR, 0x101);
        assertThat(uart.receive('a')).isFalse();
        write(CR, 0x300);
        assertThat(uart.receive('a')).isFalse();
        write(CR, ENABLED | LOOPBACK);
        assertThat(uart.receive('a')).isFalse();
        assertThat(uart.receiveBreak()).isFalse();
        assertThat(read(FR) & RXFE).isEqualTo(RXFE);
    }

    @Test
    void aBreakIsAZeroWithBreakAndFramingError() {
        assertThat(uart.receiveBreak()).isTrue();
        uart.receive('a');
        assertThat(read(RIS)).isEqualTo(RT | FE | BE);
        assertThat(read(DR)).isEqualTo(0x500);
        assertThat(read(RSR)).isEqualTo(0x5);
        assertThat(read(DR)).isEqualTo('a');
        assertThat(read(RSR)).as("errors of the character read last").isZero();
    }

    @Test
    void loopbackReturnsWhatIsSentAndSendsNothing() {
        write(CR, ENABLED | LOOPBACK);
        write(DR, 'q');
        assertThat(sent).isEmpty();
        assertThat(read(DR)).isEqualTo('q');
    }

    @Test
    void anOverrunKeepsTheFifoAndIsMarkedUntilThereIsRoomAgain() {
        write(CR, ENABLED | LOOPBACK);
        for (int c = 0; c < 17; c++) {
            write(DR, 'a' + c);
        }
        assertThat(read(RIS) & OE).isEqualTo(OE);
        assertThat(read(RSR)).isEqualTo(0x8);
        assertThat(read(DR)).isEqualTo(0x800 | 'a');
        write(DR, 'z');
        assertThat(read(DR)).isEqualTo('b');
        assertThat(read(RSR)).as("stays until ECR is written").isEqualTo(0x8);
        write(RSR, 0);
        assertThat(read(RSR)).isZero();
        for (int c = 2; c < 16; c++) {
            assertThat(read(DR)).isEqualTo('a' + c);
        }
        assertThat(read(DR)).isEqualTo('z');
    }

    @Test
    void aBreakSentInLoopbackIsReceived() {
        write(CR, ENABLED | LOOPBACK);
        write(LCR_H, 0x60 | FEN | BRK);
        assertThat(read(DR)).isEqualTo(0x500);
    }

    @Test
    void loopbackTurnsModemOutputsIntoInputsAndTheirChangesIntoInterrupts() {
        write(CR, ENABLED | LOOPBACK);
        assertThat(read(RIS)).isZero();
        write(CR, ENABLED | LOOPBACK | 1 << 11);
        assertThat(read(FR) & 0x107).as("RTS is CTS").isEqualTo(1);
        assertThat(read(RIS)).isEqualTo(1 << 1);
        write(ICR, 0x7ff);
        write(CR, ENABLED | LOOPBACK | 1 << 11 | 1 << 10);
        assertThat(read(FR) & 0x107).as("DTR is DSR").isEqualTo(3);
        assertThat(read(RIS)).isEqualTo(1 << 3);
        write(ICR, 0x7ff);
        write(CR, ENABLED | LOOPBACK | 1 << 13 | 1 << 12 | 1 << 11 | 1 << 10);
        assertThat(read(FR) & 0x107).as("Out1 is DCD, Out2 is RI").isEqualTo(0x107);
        assertThat(read(RIS)).isEqualTo(1 << 2 | 1);
    }

    @Test
    void theDmaRegisterIsNotModelledAndSaysSo() {
        write(DMACR, 7);
        assertThat(read(DMACR)).isZero();
        assertThat(errors.texts()).hasSize(2).allMatch(text -> text.contains("UARTDMACR, which is not modelled"));
    }

    @Test
    void resetLowersTheInterruptAndEmptiesTheFifo() {
        write(IMSC, RT);
        uart.receive('a');
        uart.reset();
        assertThat(interrupt).isFalse();
        assertThat(read(CR)).isEqualTo(0x300);
        assertThat(read(FR)).isEqualTo(TXFE | RXFE);
    }

    @Test
    void theIdentificationIsARevisionWithFifosOf16() {
        int id = 0;
        for (int n = 0; n < 4; n++) {
            id |= read(0xfe0 + 4 * n) << 8 * n;
        }
        assertThat(id & 0xfffff).isEqualTo(0x41011);
        assertThat(id >>> 20 & 0xf).as("revisions from 3 on have FIFOs of 32").isLessThan(3);
    }
}
