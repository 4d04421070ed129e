package org.shyperlab.hypervisor;

import java.util.List;
import org.shyperlab.emulator.debug.FailureText;
import org.shyperlab.emulator.debug.GuestFailure;
import org.shyperlab.emulator.debug.TranslationRegisters;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.vcpu.TrapRing;

/** Hands a {@link FailureReport} to the emulator's debug room, which puts it into words. */
public final class FailureReportText {
    private FailureReportText() {}

    /**
     * The report for people, line by line: a paragraph, the code, both stages of the walk, registers, last traps.
     *
     * @param memory the machine's memory
     * @param registers those of core {@link FailureReport#core}, taken inside {@link HypervisorListener#failed} while the vCPU is
     *     still on it: {@code TranslationRegisters.of(core)}
     */
    public static List<String> lines(FailureReport report, AddressSpace memory, TranslationRegisters registers) {
        GuestFailure failure = new GuestFailure(
                report.vm(),
                report.vmName(),
                report.vcpu(),
                report.core(),
                report.reason(),
                report.exceptionLevel(),
                report.pc(),
                report.processorState(),
                report.syndrome(),
                report.virtualAddress(),
                report.registers(),
                report.recentTraps().stream().map(FailureReportText::trap).toList());
        return FailureText.lines(failure, memory, registers);
    }

    private static GuestFailure.RecentTrap trap(TrapRing.Entry entry) {
        return new GuestFailure.RecentTrap(entry.cycles(), entry.kind(), entry.pc(), entry.syndrome(), entry.address());
    }
}
