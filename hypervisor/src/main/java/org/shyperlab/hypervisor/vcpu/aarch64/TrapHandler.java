package org.shyperlab.hypervisor.vcpu.aarch64;

import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.core.aarch64.A64Trap;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.hypercall.aarch64.Hypercalls;
import org.shyperlab.hypervisor.hypercall.aarch64.Psci;
import org.shyperlab.hypervisor.scheduler.aarch64.PhysicalCore;
import org.shyperlab.hypervisor.vm.aarch64.VmControl;

/** Exceptions of guests, by kind. Whatever a guest does ends here as an emulated effect, a reflected exception or a failed VM. */
public final class TrapHandler {
    private final VmControl control;
    private final Psci psci;
    private final Hypercalls hypercalls;
    private final SystemRegisters systemRegisters;
    private final DataAborts dataAborts = new DataAborts();

    /** Handlers that act through {@code control}. */
    public TrapHandler(VmControl control, HypervisorListener listener) {
        this.control = control;
        psci = new Psci(control);
        hypercalls = new Hypercalls(control, psci, listener);
        systemRegisters = new SystemRegisters(listener);
    }

    /** Handles one trap of the vCPU that runs on the core. */
    public void handle(PhysicalCore physical, A64Vcpu vcpu, A64Trap trap) {
        A64Core core = physical.core();
        switch (trap) {
            case A64Trap.Hvc ignored -> {
                record(core, vcpu, trap, 0);
                hypercalls.call(physical, vcpu);
            }
            case A64Trap.Smc ignored -> {
                record(core, vcpu, trap, 0);
                core.skip();
                psci.call(physical, vcpu);
            }
            case A64Trap.Wait wait -> {
                record(core, vcpu, trap, 0);
                core.skip();
                if (!wait.forEvent()) {
                    physical.waitForInterrupt(vcpu);
                }
            }
            case A64Trap.SystemRegisterAccess access -> {
                record(core, vcpu, trap, 0);
                systemRegisters.handle(physical, vcpu, access);
            }
            case A64Trap.DataAbort abort -> {
                record(core, vcpu, trap, abort.ipa());
                String problem = dataAborts.handle(core, vcpu, abort);
                if (problem != null) {
                    control.fail(vcpu, physical, trap, problem);
                }
            }
            case A64Trap.InstructionAbort abort -> {
                record(core, vcpu, trap, abort.ipa());
                if (!FetchAborts.reflect(core, vcpu, abort)) {
                    control.fail(
                            vcpu,
                            physical,
                            trap,
                            "instruction fetch from an address where the VM has no executable memory");
                }
            }
            case A64Trap.Other ignored -> {
                record(core, vcpu, trap, 0);
                control.fail(
                        vcpu,
                        physical,
                        trap,
                        "exception class 0x%x, which no guest may cause".formatted(trap.exceptionClass()));
            }
        }
    }

    private static void record(A64Core core, A64Vcpu vcpu, A64Trap trap, long address) {
        vcpu.count(trap.kind());
        vcpu.recentTraps().record(core.cycles(), trap.kind(), core.pc(), trap.syndrome(), address);
    }
}
