package org.shyperlab.platforms.run;

import java.util.ArrayList;
import java.util.List;
import org.shyperlab.emulator.debug.TranslationRegisters;
import org.shyperlab.emulator.machine.A64Machine;
import org.shyperlab.emulator.trace.GuestErrorLog;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.emulator.trace.Trace;
import org.shyperlab.hypervisor.FailureReport;
import org.shyperlab.hypervisor.FailureReportText;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.memory.OutOfHypervisorMemory;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.platforms.board.Architecture;
import org.shyperlab.platforms.board.Platform;
import org.shyperlab.platforms.input.InputException;

/** The hypervisor with its VMs on a platform: passes what it tells to consoles, trace and error log. */
final class HypervisedSystem implements GuestSystem, HypervisorListener {
    private final Platform platform;
    private final List<Guest> guests;
    private final GuestErrorLog errors;
    private final Trace trace;
    private final List<String> failures = new ArrayList<>();

    private HypervisedSystem(Platform platform, List<Guest> guests, GuestErrorLog errors, Trace trace) {
        this.platform = platform;
        this.guests = guests;
        this.errors = errors;
        this.trace = trace;
    }

    /**
     * Builds the VMs and puts the hypervisor at EL2.
     *
     * @param guests the VMs' consoles, VM 0 first
     */
    static HypervisedSystem load(
            Platform platform,
            PlatformDescription description,
            List<VmSetup> vms,
            List<Guest> guests,
            GuestErrorLog errors,
            Trace trace) {
        HypervisedSystem system = new HypervisedSystem(platform, guests, errors, trace);
        platform.console().enable();
        try {
            platform.machine().install(HypervisorBoard.hypervisor(platform, description, vms, system));
        } catch (OutOfHypervisorMemory error) {
            throw new InputException(String.valueOf(error.getMessage()));
        }
        return system;
    }

    @Override
    public List<Guest> guests() {
        return guests;
    }

    @Override
    public boolean type(int value) {
        return platform.console().receive(value);
    }

    @Override
    public List<String> failures() {
        return failures;
    }

    @Override
    public void consoleOutput(int vm, byte value) {
        guests.get(vm).console().put(value);
    }

    @Override
    public void interruptTaken(int core, int interrupt) {
        trace.physicalInterrupt(core, interrupt);
    }

    @Override
    public void interruptInjected(Vcpu vcpu, int interrupt) {
        trace.injected(vcpu.vm(), vcpu.index(), interrupt);
    }

    @Override
    public void failed(FailureReport report) {
        failures.add(String.join(System.lineSeparator(), lines(report)));
    }

    private List<String> lines(FailureReport report) {
        if (platform.board().architecture() == Architecture.RISCV64) {
            return List.of(
                    "VM %d (%s) was stopped: %s. Its vCPU %d was on hart %d, sepc 0x%x, scause %d, stval 0x%x, guest physical 0x%x."
                            .formatted(
                                    report.vm(),
                                    report.vmName(),
                                    report.reason(),
                                    report.vcpu(),
                                    report.core(),
                                    report.pc(),
                                    report.syndrome(),
                                    report.virtualAddress(),
                                    report.ipa()));
        }
        A64Machine machine = platform.a64Machine();
        return FailureReportText.lines(report, machine.bus(), TranslationRegisters.of(machine.core(report.core())));
    }

    @Override
    public void guestError(Vcpu vcpu, String format, Object... arguments) {
        errors.report(vcpu.core(), vcpu.toString(), format, arguments);
    }

    @Override
    public GuestErrors deviceErrors(int vm) {
        return errors;
    }
}
