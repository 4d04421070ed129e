package org.shyperlab.emulator.debug.riscv64;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.trace.Trace;
import org.shyperlab.emulator.trace.TraceEvent;

class Rv64TermsTest {
    private static String describe(TrapKind kind, int cause, long detail) {
        return Rv64Terms.INSTANCE.describe(
                new TraceEvent(0, TraceEvent.Type.TRAP, 0, 0, 0, 0, 0, kind, 0x8000_0000L, cause, detail));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ECALL | 10 | 54494d45 | SBI TIME, environment call from VS (scause 10)",
                "ECALL | 10 | 1 | SBI legacy console putchar, environment call from VS (scause 10)",
                "ECALL | 10 | 123456 | SBI extension 0x123456, environment call from VS (scause 10)",
                "WAIT | 22 | 0 | WFI, virtual instruction (scause 22)",
                "GUEST_PAGE_FAULT | 21 | c001000 | load guest-page fault (scause 21), GPA 0xc001000",
                "GUEST_FETCH_FAULT | 20 | 1000 | instruction guest-page fault (scause 20), GPA 0x1000",
                "VIRTUAL_INSTRUCTION | 22 | 60002573 | csrr a0, hstatus, virtual instruction (scause 22)",
                "ILLEGAL_INSTRUCTION | 2 | 30002573 | csrr a0, mstatus, illegal instruction (scause 2)",
                "OTHER | 3 | 80200000 | breakpoint (scause 3), stval 0x80200000",
                "OTHER | 24 | 0 | custom exception (scause 24), stval 0x0",
                "OTHER | 14 | 0 | reserved exception (scause 14), stval 0x0",
                "IRQ | 0 | 0 | physical interrupt",
            })
    void tracesSayWhatTrapped(TrapKind kind, int cause, String detail, String text) {
        assertThat(describe(kind, cause, Long.parseLong(detail, 16))).isEqualTo(text);
    }

    @Test
    void anInterruptIsItsNumber() {
        assertThat(Rv64Terms.INSTANCE.describe(new TraceEvent(
                        0, TraceEvent.Type.PHYSICAL_INTERRUPT, 0, 0, 0, Trace.NATIVE, -1, null, 0, 0, 10)))
                .isEqualTo("interrupt 10");
    }

    @Test
    void everyTrapHasAText() {
        SplittableRandom random = new SplittableRandom(5);
        TrapKind[] kinds = TrapKind.values();
        for (int i = 0; i < 100_000; i++) {
            int cause = random.nextBoolean() ? random.nextInt(64) : random.nextInt();
            assertThat(describe(kinds[random.nextInt(kinds.length)], cause, random.nextLong()))
                    .isNotBlank()
                    .doesNotContain("\n");
        }
    }
}
