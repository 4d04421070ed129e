package org.shyperlab.emulator.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.core.TrapKind;

class TraceTest {
    private final TestClock clock = new TestClock();
    private final Trace trace = newTrace();

    private Trace newTrace() {
        Trace fresh = new Trace();
        fresh.clock(clock);
        return fresh;
    }

    @Test
    void countsTrapsByVmVcpuAndKind() {
        trace.trap(0, 0, 0, 10, TrapKind.HVC, 0x1000, 0x5a000000, 0);
        trace.trap(1, 0, 3, 11, TrapKind.HVC, 0x1000, 0x5a000000, 0);
        trace.trap(1, 2, 0, 12, TrapKind.DATA_ABORT, 0x1000, 0, 0);
        trace.trap(1, 2, 0, 13, TrapKind.DATA_ABORT, 0x1000, 0, 0);

        assertThat(trace.vms()).containsExactly(0, 2);
        assertThat(trace.vcpus(0)).isEqualTo(4);
        assertThat(trace.count(0, 0, TrapKind.HVC)).isEqualTo(1);
        assertThat(trace.count(0, 3, TrapKind.HVC)).isEqualTo(1);
        assertThat(trace.count(0, 1, TrapKind.HVC)).isZero();
        assertThat(trace.count(2, 0, TrapKind.DATA_ABORT)).isEqualTo(2);
        assertThat(trace.count(7, 0, TrapKind.HVC)).isZero();
    }

    @Test
    void nativeTrapsAreCountedPerCore() {
        trace.trap(2, Trace.NATIVE, -1, 10, TrapKind.SMC, 0, 0, 0);
        assertThat(trace.vms()).containsExactly(Trace.NATIVE);
        assertThat(trace.count(Trace.NATIVE, 2, TrapKind.SMC)).isEqualTo(1);
        assertThat(Trace.vmLabel(Trace.NATIVE)).isEqualTo("native");
    }

    @Test
    void whatPassesUntilTheHandlerReturnsIsTheTrapsCost() {
        trace.trap(0, 0, 1, 100, TrapKind.HVC, 0, 0, 0);
        trace.trapHandled(0, 130);
        trace.trapHandled(0, 900);
        trace.trap(0, 0, 1, 1000, TrapKind.HVC, 0, 0, 0);
        trace.trapHandled(0, 1012);
        assertThat(trace.handlerCycles(0, 1, TrapKind.HVC)).isEqualTo(42);
    }

    @Test
    void countsPhysicalAndInjectedInterrupts() {
        trace.injected(0, 0, 27);
        trace.injected(1, 0, 33);
        trace.physicalInterrupt(0, 33);
        assertThat(trace.injected()).isEqualTo(2);
        assertThat(trace.physicalInterrupts()).isEqualTo(1);
    }

    @Test
    void theHashDependsOnEveryFieldOfTheVmsOwnEventsOnly() {
        String base = hashAfter(0, 0, 10, TrapKind.HVC, 1, 2, 3);
        assertThat(hashAfter(0, 0, 10, TrapKind.HVC, 1, 2, 3)).isEqualTo(base);
        assertThat(List.of(
                        hashAfter(1, 0, 10, TrapKind.HVC, 1, 2, 3),
                        hashAfter(0, 1, 10, TrapKind.HVC, 1, 2, 3),
                        hashAfter(0, 0, 11, TrapKind.HVC, 1, 2, 3),
                        hashAfter(0, 0, 10, TrapKind.SMC, 1, 2, 3),
                        hashAfter(0, 0, 10, TrapKind.HVC, 2, 2, 3),
                        hashAfter(0, 0, 10, TrapKind.HVC, 1, 3, 3),
                        hashAfter(0, 0, 10, TrapKind.HVC, 1, 2, 1L << 40)))
                .doesNotContain(base)
                .doesNotHaveDuplicates();

        Trace other = newTrace();
        other.trap(0, 5, 0, 10, TrapKind.HVC, 1, 2, 3);
        other.trap(0, 4, 0, 10, TrapKind.HVC, 9, 9, 9);
        assertThat(other.sha256(5)).isEqualTo(base);
    }

    private String hashAfter(int core, int vcpu, long cycles, TrapKind kind, long pc, int syndrome, long detail) {
        Trace fresh = newTrace();
        fresh.trap(core, 5, vcpu, cycles, kind, pc, syndrome, detail);
        return fresh.sha256(5);
    }

    @Test
    void askingForTheHashDoesNotDisturbIt() {
        Trace asked = newTrace();
        for (int i = 0; i < 1000; i++) {
            trace.trap(0, 0, 0, i, TrapKind.HVC, i, i, i);
            asked.trap(0, 0, 0, i, TrapKind.HVC, i, i, i);
            asked.sha256(0);
        }
        assertThat(asked.sha256(0)).isEqualTo(trace.sha256(0));
    }

    @Test
    void remembersTheLastEventsOfAVm() {
        for (int i = 0; i < 10_000; i++) {
            trace.trap(0, i % 2, 0, i, TrapKind.HVC, i, 0, 0);
        }
        assertThat(trace.last(1, 3)).extracting(TraceEvent::pc).containsExactly(9995L, 9997L, 9999L);
        assertThat(trace.last(1, 10_000)).hasSize(EventRing.CAPACITY / 2);
        assertThat(trace.last(9, 3)).isEmpty();
    }

    @Test
    void aSinkGetsEveryEventInOrderEvenWhenTheRingWrapsMany() {
        List<Long> sequences = new ArrayList<>();
        trace.trap(0, 0, 0, 1, TrapKind.HVC, 0, 0, 0);
        trace.attach(new ListSink(sequences));
        for (int i = 0; i < 20_000; i++) {
            trace.trap(0, 0, 0, i, TrapKind.HVC, 0, 0, 0);
        }
        trace.close();
        assertThat(sequences).hasSize(20_000);
        assertThat(sequences.getFirst()).isEqualTo(1);
        assertThat(sequences).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aSinkThatFailsIsDroppedAndTheRunGoesOn() {
        trace.attach(new TraceSink() {
            @Override
            public void write(TraceEvent event) throws IOException {
                throw new IOException("No space left on device");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
        for (int i = 0; i < 10_000; i++) {
            trace.trap(0, 0, 0, i, TrapKind.HVC, 0, 0, 0);
        }
        assertThat(trace.isAttached()).isFalse();
        assertThat(trace.sinkFailure()).hasMessage("No space left on device");
        assertThat(trace.count(0, 0, TrapKind.HVC)).isEqualTo(10_000);
    }

    private record ListSink(List<Long> sequences) implements TraceSink {
        @Override
        public void write(TraceEvent event) {
            sequences.add(event.sequence());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
