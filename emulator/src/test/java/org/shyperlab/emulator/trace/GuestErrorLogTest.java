package org.shyperlab.emulator.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.device.Device;

class GuestErrorLogTest {
    private final GuestErrorLog log = new GuestErrorLog();

    @Test
    void keepsTheFirstErrorsAndCountsAll() {
        for (int i = 0; i < 1000; i++) {
            log.report(0, "uart0", "error %d", i);
        }
        assertThat(log.count()).isEqualTo(1000);
        assertThat(log.entries()).hasSize(GuestErrorLog.KEPT);
        assertThat(log.entries().getLast().text()).isEqualTo("error 199");
    }

    @Test
    void formatsNothingOnceItKeepsNoMore() {
        for (int i = 0; i < GuestErrorLog.KEPT; i++) {
            log.report(0, "bus", "x");
        }
        int[] formatted = {0};
        Object counting = new Object() {
            @Override
            public String toString() {
                formatted[0]++;
                return "";
            }
        };
        log.report(0, "bus", "%s", counting);
        assertThat(formatted[0]).isZero();
    }

    @Test
    void stampsErrorsWithVirtualTimeOnceItHasAClock() {
        TestClock clock = new TestClock();
        log.report(Device.NO_CORE, "gicd", "before power-on");
        log.clock(clock);
        clock.now = 1_500_000_000L;
        log.report(2, "gicd", "write to 0x%x", 8);
        assertThat(log.entries())
                .extracting(Object::toString)
                .containsExactly("0.000000000 s  gicd: before power-on", "1.500000000 s  gicd (core 2): write to 0x8");
    }

    @Test
    void aSlipInADevicesMessageDoesNotStopTheMachine() {
        log.report(0, "rtc", "%d", "no number");
        assertThat(log.entries()).extracting(GuestErrorLog.Entry::text).containsExactly("%d");
    }
}
