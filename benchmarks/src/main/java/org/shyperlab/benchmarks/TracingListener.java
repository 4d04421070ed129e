package org.shyperlab.benchmarks;

import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.emulator.trace.Trace;
import org.shyperlab.hypervisor.FailureReport;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.vcpu.Vcpu;

/** Records what {@code shyper run} records, so that a bench pays for it as well, and lets no VM fail silently. */
final class TracingListener implements HypervisorListener {
    private final Trace trace;

    TracingListener(Trace trace) {
        this.trace = trace;
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
        throw new IllegalStateException("the bench guest failed: " + report);
    }

    @Override
    public GuestErrors deviceErrors(int vm) {
        return BenchBoard.NO_MISTAKES;
    }

    @Override
    public void guestError(Vcpu vcpu, String format, Object... arguments) {
        throw new IllegalStateException("a bench guest makes no mistakes, but: " + format.formatted(arguments));
    }
}
