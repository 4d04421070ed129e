package org.shyperlab.hypervisor.vcpu.aarch64;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PhysicalTimerTest {
    private final PhysicalTimer timer = new PhysicalTimer();

    @Test
    void itIsAssertedFromItsCompareValueOnWhileEnabledAndNotMasked() {
        timer.setCompare(100);
        assertThat(timer.isAsserted(200)).isFalse();
        timer.setControl(1);
        assertThat(timer.isAsserted(99)).isFalse();
        assertThat(timer.isAsserted(100)).isTrue();
        assertThat(timer.deadline(99)).isEqualTo(100);
        assertThat(timer.deadline(100)).isEqualTo(Long.MAX_VALUE);
        timer.setControl(3);
        assertThat(timer.isAsserted(100)).isFalse();
        assertThat(timer.deadline(50)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void theStatusBitFollowsTheConditionEvenWhenMaskedAndCannotBeWritten() {
        timer.setCompare(100);
        timer.setControl(7);
        assertThat(timer.control(99)).isEqualTo(3);
        assertThat(timer.control(100)).isEqualTo(7);
        timer.setControl(0);
        assertThat(timer.control(100)).isZero();
    }

    @Test
    void theTimerValueIsASigned32BitViewOfTheCompareValue() {
        timer.setValue(1000, 50);
        assertThat(timer.compare()).isEqualTo(1050);
        assertThat(timer.value(1060)).isEqualTo(0xffff_fff6L);
        timer.setValue(1000, 0xffff_ffffL);
        assertThat(timer.compare()).isEqualTo(999);
    }

    /** The counter and the compare value are unsigned (D12.2.4): the largest value is how software says never. */
    @Test
    void aCompareValueBeyondTheSignedNumbersIsFarAwayAndNotPast() {
        timer.setCompare(-1);
        timer.setControl(1);
        assertThat(timer.isAsserted(1000)).isFalse();
        assertThat(timer.control(1000)).isEqualTo(1);
        assertThat(timer.deadline(1000)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void resetSwitchesItOff() {
        timer.setValue(0, 5);
        timer.setControl(1);
        timer.reset();
        assertThat(timer.control(100)).isZero();
        assertThat(timer.compare()).isZero();
    }
}
