package org.shyperlab.emulator.device.plic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.RecordedErrors;

class PlicTest {
    private static final int PENDING = 0x1000;

    private final RecordedErrors errors = new RecordedErrors();
    private final boolean[] pins = new boolean[2];
    private final Plic plic = new Plic("plic", 96, 3, List.of(high -> pins[0] = high, high -> pins[1] = high), errors);

    private int read(int offset) {
        return (int) plic.read(0, offset, 4);
    }

    private void write(int offset, int value) {
        plic.write(0, offset, 4, value);
    }

    private void ready(int context, int id, int priority) {
        write(4 * id, priority);
        int enable = 0x2000 + 0x80 * context + 4 * (id / 32);
        write(enable, read(enable) | 1 << id);
    }

    private int claim(int context) {
        return read(0x20_0004 + 0x1000 * context);
    }

    private void complete(int context, int id) {
        write(0x20_0004 + 0x1000 * context, id);
    }

    private void threshold(int context, int value) {
        write(0x20_0000 + 0x1000 * context, value);
    }

    private boolean pending(int id) {
        return (read(PENDING + 4 * (id / 32)) >>> id & 1) != 0;
    }

    @Test
    void aHighSourceIsClaimedOnceAndAgainOnlyAfterItsCompletion() {
        ready(1, 10, 1);
        plic.source(10).set(true);
        assertThat(pins).containsExactly(false, true);

        assertThat(claim(1)).isEqualTo(10);
        assertThat(pins[1]).isFalse();
        assertThat(claim(1)).isZero();
        plic.source(10).set(true);
        assertThat(pins[1]).as("the gateway is shut").isFalse();

        complete(1, 10);
        assertThat(pins[1]).as("the wire is still high").isTrue();
        assertThat(claim(1)).isEqualTo(10);
        plic.source(10).set(false);
        complete(1, 10);
        assertThat(pins[1]).isFalse();
        assertThat(plic.claimed(1)).isEqualTo(2);
        assertThat(errors.texts()).isEmpty();
    }

    @Test
    void aRequestStaysPendingWhenItsWireFallsBeforeTheClaim() {
        ready(0, 5, 1);
        plic.source(5).set(true);
        plic.source(5).set(false);
        assertThat(pending(5)).isTrue();
        assertThat(claim(0)).isEqualTo(5);
        complete(0, 5);
        assertThat(pending(5)).isFalse();
    }

    @Test
    void theHighestPriorityIsClaimedFirstAndAmongEqualsTheLowestIdentifier() {
        ready(0, 40, 3);
        ready(0, 41, 3);
        ready(0, 7, 2);
        ready(0, 96, 7);
        for (int id : new int[] {7, 41, 40, 96}) {
            plic.source(id).set(true);
        }
        assertThat(claim(0)).isEqualTo(96);
        assertThat(claim(0)).isEqualTo(40);
        assertThat(claim(0)).isEqualTo(41);
        assertThat(claim(0)).isEqualTo(7);
        assertThat(claim(0)).isZero();
    }

    @Test
    void priorityZeroNeverInterruptsAndIsNeverClaimed() {
        ready(0, 3, 0);
        plic.source(3).set(true);
        assertThat(pins[0]).isFalse();
        assertThat(pending(3)).isTrue();
        assertThat(claim(0)).isZero();
        write(4 * 3, 1);
        assertThat(pins[0]).isTrue();
    }

    @Test
    void theThresholdMasksThePinButNotTheClaim() {
        ready(0, 3, 4);
        threshold(0, 4);
        plic.source(3).set(true);
        assertThat(pins[0]).isFalse();
        threshold(0, 3);
        assertThat(pins[0]).isTrue();
        threshold(0, 7);
        assertThat(claim(0)).isEqualTo(3);
    }

    @Test
    void aClaimByOneContextTakesTheInterruptFromAllOthers() {
        ready(0, 20, 1);
        ready(1, 20, 1);
        plic.source(20).set(true);
        assertThat(pins).containsExactly(true, true);
        assertThat(claim(1)).isEqualTo(20);
        assertThat(pins).containsExactly(false, false);
        assertThat(claim(0)).isZero();
    }

    @Test
    void completionOfASourceThatIsNotEnabledHereIsIgnoredAndReported() {
        ready(0, 20, 1);
        plic.source(20).set(true);
        assertThat(claim(0)).isEqualTo(20);
        complete(1, 20);
        complete(0, 0);
        complete(0, 97);
        complete(0, -1);
        assertThat(pins[0]).isFalse();
        assertThat(errors.texts()).hasSize(4).allMatch(text -> text.contains("not enabled for this context"));
        complete(0, 20);
        assertThat(pins[0]).isTrue();
    }

    @Test
    void sourceZeroAndSourcesBeyondTheLastDoNotExist() {
        write(0x2000, -1);
        write(0x200c, -1);
        assertThat(read(0x2000)).isEqualTo(~1);
        assertThat(read(0x200c)).as("96 is the only one in this word").isEqualTo(1);
        assertThatThrownBy(() -> plic.source(0)).hasMessageContaining("from 1 to 96, not 0");
        assertThatThrownBy(() -> plic.source(97)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void resetClearsEverythingButSourcesThatAreStillHigh() {
        ready(0, 20, 1);
        ready(0, 21, 1);
        plic.source(20).set(true);
        plic.source(21).set(true);
        assertThat(claim(0)).isEqualTo(20);
        plic.source(21).set(false);

        plic.reset();

        assertThat(pins[0]).isFalse();
        assertThat(pending(20)).as("the wire is high").isTrue();
        assertThat(pending(21)).isFalse();
        ready(0, 20, 1);
        assertThat(claim(0)).isEqualTo(20);
    }

    @Test
    void impossibleSizesAreRefused() {
        List<InterruptLine> one = List.of(InterruptLine.UNCONNECTED);
        assertThatThrownBy(() -> new Plic("p", 1024, 3, one, errors))
                .hasMessage("p: a PLIC has 1 to 1023 sources, not 1024");
        assertThatThrownBy(() -> new Plic("p", 10, 0, one, errors)).hasMessageContaining("1 to 31 bits");
        assertThatThrownBy(() -> new Plic("p", 10, 3, List.of(), errors)).hasMessageContaining("contexts");
    }
}
