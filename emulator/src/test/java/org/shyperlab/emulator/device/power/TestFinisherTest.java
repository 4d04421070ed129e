package org.shyperlab.emulator.device.power;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.device.RecordedErrors;

class TestFinisherTest {
    private final RecordedErrors errors = new RecordedErrors();
    private final List<String> asked = new ArrayList<>();
    private final TestFinisher finisher = new TestFinisher(
            "test",
            new PowerRequests() {
                @Override
                public void powerOff() {
                    asked.add("off");
                }

                @Override
                public void fail(int code) {
                    asked.add("fail " + code);
                }

                @Override
                public void reset() {
                    asked.add("reset");
                }
            },
            errors);

    @Test
    void theLowHalfSaysHowTheRunEndsAndTheHighHalfTheCode() {
        finisher.write(0, 0, 4, 0x5555);
        finisher.write(0, 0, 4, 0x7777);
        finisher.write(0, 0, 4, 0xffff_3333L);
        finisher.write(0, 0, 2, 0x5555);
        assertThat(asked).containsExactly("off", "reset", "fail 65535", "off");
        assertThat(errors.texts()).isEmpty();
    }

    @Test
    void otherValuesDoNothingAndAreReported() {
        finisher.write(0, 0, 4, 0x1234);
        finisher.write(0, 4, 4, 0x5555);
        finisher.write(0, 0, 8, 0x5555);
        assertThat(asked).isEmpty();
        assertThat(errors.texts()).hasSize(3);
        assertThat(errors.texts().getFirst()).contains("0x1234").contains("0x7777 (reset)");
        assertThat(finisher.read(0, 0, 4)).isZero();
    }
}
