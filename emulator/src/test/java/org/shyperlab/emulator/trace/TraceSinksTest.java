package org.shyperlab.emulator.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.core.TrapKind;

class TraceSinksTest {
    private static final TrapDescriber QUOTED = event -> "a \"b\" \\ \n";

    private final StringWriter out = new StringWriter();

    private void record(TraceSink sink) {
        TestClock clock = new TestClock();
        try (Trace trace = new Trace()) {
            trace.clock(clock);
            trace.attach(sink);
            trace.trap(1, 0, 2, 1_000_001, TrapKind.DATA_ABORT, 0xffff_8000_0000_1234L, 0x93800046, 0x900_0000);
            trace.trap(1, Trace.NATIVE, 0, 1_000_002, TrapKind.SMC, 0x40, 0, 0x8400_0008L);
            clock.now = 2_000_000_000L;
            trace.injected(0, 2, 27);
            trace.physicalInterrupt(0, 30);
        }
    }

    @Test
    void jsonLinesHoldOneObjectPerEvent() {
        record(new JsonLinesSink(out, QUOTED));
        assertThat(out.toString()).isEqualTo("""
                {"seq":0,"event":"trap","ns":1000001,"cycles":1000001,"core":1,"vm":0,"vcpu":2,"kind":"data-abort",\
                "pc":"0xffff800000001234","syndrome":"0x93800046","detail":"0x9000000","text":"a \\"b\\" \\\\ \\u000a"}
                {"seq":1,"event":"trap","ns":1000002,"cycles":1000002,"core":1,"vm":"native","vcpu":1,"kind":"smc",\
                "pc":"0x40","syndrome":"0x0","detail":"0x84000008","text":"a \\"b\\" \\\\ \\u000a"}
                {"seq":2,"event":"injected","ns":2000000000,"cycles":2000000000,"vm":0,"vcpu":2,"intid":27}
                {"seq":3,"event":"physical-irq","ns":2000000000,"cycles":2000000000,"core":0,"intid":30}
                """);
    }

    @Test
    void perfettoTracesNameATrackPerCoreAndVcpuAndCountMicroseconds() throws IOException {
        record(new PerfettoSink(out, event -> "words"));
        assertThat(out.toString()).isEqualTo("""
                {"displayTimeUnit":"ns","traceEvents":[
                {"ph":"M","name":"process_name","pid":1,"tid":1,"args":{"name":"cores"}},
                {"ph":"M","name":"thread_name","pid":1,"tid":2,"args":{"name":"core 1"}},
                {"ph":"i","s":"t","name":"data-abort","cat":"trap","pid":1,"tid":2,"ts":1000.001,"args":{"seq":0,"cycles":1000001,\
                "vm":"0","vcpu":2,"pc":"0xffff800000001234","text":"words"}},
                {"ph":"M","name":"process_name","pid":100,"tid":1,"args":{"name":"VM 0"}},
                {"ph":"M","name":"thread_name","pid":100,"tid":3,"args":{"name":"vCPU 2"}},
                {"ph":"i","s":"t","name":"data-abort","cat":"trap","pid":100,"tid":3,"ts":1000.001,"args":{"seq":0,"cycles":1000001,\
                "vm":"0","vcpu":2,"pc":"0xffff800000001234","text":"words"}},
                {"ph":"i","s":"t","name":"smc","cat":"trap","pid":1,"tid":2,"ts":1000.002,"args":{"seq":1,"cycles":1000002,\
                "vm":"native","vcpu":1,"pc":"0x40","text":"words"}},
                {"ph":"i","s":"t","name":"injected 27","cat":"injected","pid":100,"tid":3,"ts":2000000.000,\
                "args":{"seq":2,"cycles":2000000000}},
                {"ph":"M","name":"thread_name","pid":1,"tid":1,"args":{"name":"core 0"}},
                {"ph":"i","s":"t","name":"physical-irq 30","cat":"physical-irq","pid":1,"tid":1,"ts":2000000.000,\
                "args":{"seq":3,"cycles":2000000000}}
                ]}
                """);
    }

    @Test
    void textHasOneAlignedLinePerEvent() {
        record(new TextTraceSink(out, TrapDescriber.PLAIN, "\n"));
        assertThat(out.toString()).isEqualTo("""
                   0.001000001 s  vm 0 vcpu 2    data-abort        pc 0xffff800000001234  syndrome 0x93800046 detail 0x9000000
                   0.001000002 s  core 1         smc               pc 0x0000000000000040  syndrome 0x00000000 detail 0x84000008
                   2.000000000 s  vm 0 vcpu 2    injected          interrupt 27
                   2.000000000 s  core 0         interrupt         interrupt 30
                """);
    }
}
