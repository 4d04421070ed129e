package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.debug.TranslationRegisters;
import org.shyperlab.emulator.debug.aarch64.A64TranslationRegisters;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.hypervisor.vcpu.TrapRing;

class FailureReportTextTest {
    private static final int STORE_TRANSLATION_FAULT = 0x93830045;

    @Test
    void aReportNamesTheVmTheFaultAndTheLastTraps() {
        FailureReport report = new FailureReport(
                1,
                "hello",
                0,
                3,
                "no device is there",
                TrapKind.DATA_ABORT,
                1,
                0x8001_0000L,
                0x3c5,
                STORE_TRANSLATION_FAULT,
                0xdead_0010L,
                0xdead_0010L,
                null,
                Collections.nCopies(31, 0L),
                List.of(new TrapRing.Entry(
                        100, TrapKind.DATA_ABORT, 0x8001_0000L, STORE_TRANSLATION_FAULT, 0xdead_0010L)));
        TranslationRegisters stage2On = new A64TranslationRegisters(0, 0, 0, 0, 0, 1, 0x8002_3558L, 0x4000_0000L);
        List<String> lines = FailureReportText.lines(report, new AddressSpace(GuestErrors.IGNORE), stage2On);
        assertThat(lines)
                .first()
                .asString()
                .startsWith("VM 1 (hello) was stopped: no device is there. Its vCPU 0 was on core 3 at EL1");
        assertThat(lines)
                .contains("  cycle 100  PC 0x80010000  store of 4 bytes from w3, stage-2 translation fault at level 1"
                        + " (EC 0x24, data abort from a lower exception level), IPA 0xdead0010")
                .anyMatch(line -> line.contains("the stage-2 table is not in RAM"));
    }
}
