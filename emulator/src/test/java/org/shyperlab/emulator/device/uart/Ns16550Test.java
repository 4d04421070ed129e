package org.shyperlab.emulator.device.uart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.emulator.device.RecordedErrors;

class Ns16550Test {
    private static final int RBR = 0;
    private static final int IER = 1;
    private static final int IIR = 2;
    private static final int FCR = 2;
    private static final int LCR = 3;
    private static final int MCR = 4;
    private static final int LSR = 5;
    private static final int MSR = 6;
    private static final int SCR = 7;

    private final RecordedErrors errors = new RecordedErrors();
    private final StringBuilder sent = new StringBuilder();
    private boolean interrupt;
    private final Ns16550 uart =
            new Ns16550("uart0", value -> sent.append((char) value), high -> interrupt = high, errors);

    private int read(int offset) {
        return (int) uart.read(0, offset, 1);
    }

    private void write(int offset, int value) {
        uart.write(0, offset, 1, value);
    }

    @Test
    void whatTheGuestWritesGoesOutAtOnce() {
        write(RBR, 'o');
        write(RBR, 'k');
        assertThat(sent).hasToString("ok");
        assertThat(read(LSR)).isEqualTo(0x60);
        assertThat(errors.texts()).isEmpty();
    }

    @Test
    void receivedCharactersAreReadInOrder() {
        write(FCR, 1);
        assertThat(uart.receive('a')).isTrue();
        assertThat(uart.receive('b')).isTrue();
        assertThat(read(LSR)).isEqualTo(0x61);
        assertThat(read(RBR)).isEqualTo('a');
        assertThat(read(RBR)).isEqualTo('b');
        assertThat(read(LSR)).isEqualTo(0x60);
        assertThat(read(RBR)).isZero();
    }

    @Test
    void firmwareThatPollsTakesCharactersInOrderAndWithTheLastTheInterrupt() {
        write(FCR, 1);
        write(IER, 1);
        assertThat(uart.poll()).isEqualTo(-1);
        uart.receive('a');
        uart.receive(0xff);
        assertThat(uart.poll()).isEqualTo('a');
        assertThat(interrupt).isTrue();
        assertThat(uart.poll()).isEqualTo(0xff);
        assertThat(interrupt).isFalse();
        assertThat(uart.poll()).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 16"})
    void theReceiverTakesOneCharacterOrSixteenWithFifos(int fifoControl, int depth) {
        write(FCR, fifoControl);
        int taken = 0;
        while (uart.receive('a' + taken)) {
            taken++;
        }
        assertThat(taken).isEqualTo(depth);
        assertThat(uart.canReceive()).isFalse();
        read(RBR);
        assertThat(uart.canReceive()).isTrue();
        assertThat(read(LSR) & 2).as("nothing was overrun").isZero();
    }

    @ParameterizedTest
    @CsvSource({"0x01, 1", "0x41, 4", "0x81, 8", "0xc1, 14"})
    void belowTheTriggerLevelReceivedDataIsATimeout(String fifoControl, int trigger) {
        write(FCR, Integer.decode(fifoControl));
        write(IER, 1);
        for (int count = 1; count <= trigger; count++) {
            uart.receive('x');
            assertThat(interrupt).isTrue();
            assertThat(read(IIR)).as("%d characters", count).isEqualTo(0xc0 | (count < trigger ? 0xc : 4));
        }
        for (int count = 0; count < trigger; count++) {
            read(RBR);
        }
        assertThat(interrupt).isFalse();
        assertThat(read(IIR)).isEqualTo(0xc1);
    }

    @Test
    void theTransmitterInterruptIsRaisedByEnablingAndBySendingAndClearedByReadingIt() {
        write(IER, 2);
        assertThat(interrupt).isTrue();
        assertThat(read(IIR)).isEqualTo(2);
        assertThat(interrupt).isFalse();
        assertThat(read(IIR)).isEqualTo(1);
        write(IER, 2);
        assertThat(interrupt).as("it was enabled already").isFalse();
        write(RBR, 'x');
        assertThat(interrupt).isTrue();
    }

    @Test
    void interruptsAreIdentifiedInOrderOfPriority() {
        write(IER, 0xf);
        write(MCR, 0x10);
        write(MCR, 0x00);
        write(RBR, 'x');
        uart.receiveBreak();
        assertThat(read(IIR)).isEqualTo(6);
        assertThat(read(LSR)).isEqualTo(0x60 | 0x10 | 8 | 1);
        assertThat(read(IIR)).isEqualTo(4);
        assertThat(read(RBR)).isZero();
        assertThat(read(IIR)).isEqualTo(2);
        assertThat(read(IIR)).isZero();
        assertThat(read(MSR)).isEqualTo(0xb0 | 0xb);
        assertThat(read(IIR)).isEqualTo(1);
        assertThat(interrupt).isFalse();
    }

    @Test
    void theDivisorLatchHidesTheDataAndEnableRegisters() {
        write(IER, 5);
        write(LCR, 0x83);
        write(RBR, 0x34);
        write(IER, 0x12);
        assertThat(read(RBR)).isEqualTo(0x34);
        assertThat(read(IER)).isEqualTo(0x12);
        write(LCR, 0x03);
        assertThat(read(IER)).isEqualTo(5);
        assertThat(sent).isEmpty();
    }

    @Test
    void loopbackFeedsTheTransmitterToTheReceiverAndOnlyThereCharactersAreOverrun() {
        write(FCR, 1);
        write(MCR, 0x10);
        assertThat(uart.canReceive()).isFalse();
        for (int n = 0; n < 17; n++) {
            write(RBR, 'a' + n);
        }
        assertThat(sent).isEmpty();
        assertThat(read(LSR)).isEqualTo(0x63);
        assertThat(read(LSR)).as("reading clears the error").isEqualTo(0x61);
        assertThat(read(RBR)).isEqualTo('a');
    }

    @ParameterizedTest
    @CsvSource({"0x1, 0x20", "0x2, 0x10", "0x4, 0x40", "0x8, 0x80", "0xa, 0x90"})
    void loopbackWiresTheModemOutputsToTheInputs(String output, String input) {
        write(MCR, 0x10);
        read(MSR);
        write(MCR, 0x10 | Integer.decode(output));
        assertThat(read(MSR) & 0xf0).isEqualTo(Integer.decode(input));
    }

    @Test
    void clearingTheFifoOrSwitchingItDropsWhatItHolds() {
        write(FCR, 1);
        uart.receive('a');
        write(FCR, 2);
        assertThat(read(LSR) & 1).as("switching it off dropped it").isZero();
        write(FCR, 1);
        uart.receive('b');
        write(FCR, 3);
        assertThat(read(LSR) & 1).isZero();
    }

    @Test
    void errorsOfWaitingCharactersShowInBitSevenAndThenAtTheTop() {
        write(FCR, 1);
        uart.receive('a');
        uart.receiveBreak();
        assertThat(read(LSR)).isEqualTo(0xe1);
        read(RBR);
        assertThat(read(LSR)).isEqualTo(0xe1 | 0x18);
        read(RBR);
        assertThat(read(LSR)).isEqualTo(0x60);
    }

    @Test
    void firmwareLeavesItWithEightBitsAndFifos() {
        write(LCR, 0x80);
        uart.enable();
        assertThat(read(LCR)).isEqualTo(3);
        assertThat(read(IIR)).isEqualTo(0xc1);
        assertThat(interrupt).isFalse();
    }

    @Test
    void wrongAccessesDoNothingAndAreReported() {
        assertThat(uart.read(0, LSR, 4)).isZero();
        assertThat(uart.read(0, 8, 1)).isZero();
        uart.write(0, RBR, 2, 'x');
        write(LSR, 1);
        write(MSR, 1);
        uart.write(0, -1, 1, 1);
        assertThat(errors.texts()).hasSize(6);
        assertThat(sent).isEmpty();
    }

    @Test
    void resetForgetsEverything() {
        write(FCR, 1);
        write(IER, 1);
        write(SCR, 0x55);
        write(LCR, 0x80);
        uart.receive('a');
        uart.reset();
        assertThat(interrupt).isFalse();
        assertThat(read(SCR)).isZero();
        assertThat(read(LCR)).isZero();
        assertThat(read(IIR)).isEqualTo(1);
        assertThat(read(LSR)).isEqualTo(0x60);
    }

    @Test
    void thePinIsAlwaysWhatTheIdentificationSays() {
        Random random = new Random(3);
        int raised = 0;
        for (int step = 0; step < 100_000; step++) {
            switch (random.nextInt(4)) {
                case 0 -> uart.receive(random.nextInt(256));
                case 1 -> read(random.nextInt(8));
                case 2 -> uart.receiveBreak();
                default -> uart.write(0, random.nextInt(10), 1, random.nextInt(256));
            }
            boolean before = interrupt;
            assertThat((read(IIR) & 1) == 0).as("step %d", step).isEqualTo(before);
            raised += before ? 1 : 0;
        }
        assertThat(raised).isBetween(10_000, 99_000);
    }
}
