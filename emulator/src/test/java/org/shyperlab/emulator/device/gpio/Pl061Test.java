package org.shyperlab.emulator.device.gpio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.device.RecordedErrors;

class Pl061Test {
    private static final int ALL_DATA = 0x3fc;
    private static final int DIR = 0x400;
    private static final int IS = 0x404;
    private static final int IBE = 0x408;
    private static final int IEV = 0x40c;
    private static final int IE = 0x410;
    private static final int RIS = 0x414;
    private static final int MIS = 0x418;
    private static final int IC = 0x41c;
    private static final int POWER_KEY = 3;

    private boolean interrupt;
    private final Pl061 gpio = new Pl061("gpio0", high -> interrupt = high, new RecordedErrors());

    private long read(int offset) {
        return gpio.read(0, offset, 1);
    }

    private void write(int offset, long value) {
        gpio.write(0, offset, 1, value);
    }

    @Test
    void theAddressSelectsThePinsThatAreReadAndWritten() {
        write(DIR, 0xff);
        write(ALL_DATA, 0xa5);
        assertThat(read(0x0f << 2)).isEqualTo(0x05);
        assertThat(read(0x00)).isZero();

        write(0xf0 << 2, 0x5a);
        assertThat(read(ALL_DATA)).isEqualTo(0x55);
        assertThat(gpio.outputs()).isEqualTo(0x55);
    }

    @Test
    void inputsShowWhatIsDrivenFromOutsideAndIgnoreWrites() {
        gpio.setInput(POWER_KEY, true);
        write(ALL_DATA, 0xff);
        assertThat(read(ALL_DATA)).isEqualTo(1 << POWER_KEY);
        assertThat(gpio.outputs()).isZero();
    }

    @Test
    void aRisingEdgeIsRememberedUntilCleared() {
        write(IEV, 1 << POWER_KEY);
        write(IE, 1 << POWER_KEY);
        gpio.setInput(POWER_KEY, true);
        gpio.setInput(POWER_KEY, false);
        assertThat(interrupt).isTrue();
        assertThat(read(MIS)).isEqualTo(1 << POWER_KEY);

        write(IC, 1 << POWER_KEY);
        assertThat(interrupt).isFalse();
        assertThat(read(RIS)).isZero();
    }

    @Test
    void aFallingEdgeIsWantedWhenTheEventBitIsClear() {
        write(IE, 1);
        gpio.setInput(0, true);
        assertThat(interrupt).isFalse();
        gpio.setInput(0, false);
        assertThat(interrupt).isTrue();
    }

    @Test
    void bothEdgesInterruptWithTheBothEdgesBit() {
        write(IBE, 1);
        write(IE, 1);
        gpio.setInput(0, true);
        assertThat(interrupt).isTrue();
        write(IC, 1);
        gpio.setInput(0, false);
        assertThat(interrupt).isTrue();
    }

    @Test
    void aLevelInterruptFollowsThePinAndCannotBeCleared() {
        write(IS, 1);
        write(IEV, 1);
        write(IE, 1);
        gpio.setInput(0, true);
        write(IC, 1);
        assertThat(interrupt).isTrue();
        gpio.setInput(0, false);
        assertThat(interrupt).isFalse();

        write(IEV, 0);
        assertThat(interrupt).as("low is the active level now").isTrue();
    }

    @Test
    void aMaskedInterruptShowsOnlyInTheRawStatus() {
        write(IEV, 1);
        gpio.setInput(0, true);
        assertThat(read(RIS)).isEqualTo(1);
        assertThat(read(MIS)).isZero();
        assertThat(interrupt).isFalse();
    }

    @Test
    void outputsDoNotInterrupt() {
        write(DIR, 1);
        write(IBE, 1);
        write(IE, 1);
        gpio.setInput(0, true);
        write(1 << 2, 1);
        assertThat(interrupt).isFalse();
        write(IS, 1);
        write(IEV, 1);
        assertThat(interrupt).isFalse();
    }

    @Test
    void resetForgetsEverythingButTheInputPins() {
        gpio.setInput(5, true);
        write(IEV, 0xff);
        write(IE, 0xff);
        gpio.setInput(POWER_KEY, true);

        gpio.reset();

        assertThat(interrupt).isFalse();
        assertThat(read(RIS)).isZero();
        assertThat(read(ALL_DATA)).isEqualTo(1 << 5 | 1 << POWER_KEY);
    }

    @Test
    void aPinThatDoesNotExistIsRefused() {
        assertThatThrownBy(() -> gpio.setInput(8, true)).hasMessageContaining("pins 0 to 7, not 8");
    }
}
