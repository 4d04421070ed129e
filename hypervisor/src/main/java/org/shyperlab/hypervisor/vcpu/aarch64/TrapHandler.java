package org.shyperlab.hypervisor.vcpu.aarch64;

import java.util.ArrayList;
import java.util.List;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.core.aarch64.A64Trap;
import org.shyperlab.hypervisor.FailureReport;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.hypercall.Hypercalls;
import org.shyperlab.hypervisor.hypercall.aarch64.HvcCalls;
import org.shyperlab.hypervisor.hypercall.aarch64.Psci;
import org.shyperlab.hypervisor.memory.StageTwoWalk;
import org.shyperlab.hypervisor.scheduler.aarch64.A64PhysicalCore;
import org.shyperlab.hypervisor.vm.VmControl;
import org.shyperlab.hypervisor.vm.aarch64.A64Vm;

/** Exceptions of guests, by kind. Whatever a guest does ends here as an emulated effect, a reflected exception or a failed VM. */
public final class TrapHandler {
    private final VmControl control;
    private final Psci psci;
    private final HvcCalls hypercalls;
    private final SystemRegisters systemRegisters;
    private final DataAborts dataAborts = new DataAborts();

    /** Handlers that act through {@code control}. */
    public TrapHandler(VmControl control, Hypercalls calls, HypervisorListener listener) {
        this.control = control;
        psci = new Psci(control);
        hypercalls = new HvcCalls(calls, psci);
        systemRegisters = new SystemRegisters(listener);
    }

    /** Handles one trap of the vCPU that runs on the core. */
    public void handle(A64PhysicalCore physical, A64Vcpu vcpu, A64Trap trap) {
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
                    fail(vcpu, core, trap, problem);
                }
            }
            case A64Trap.InstructionAbort abort -> {
                record(core, vcpu, trap, abort.ipa());
                if (!FetchAborts.reflect(core, vcpu, abort)) {
                    fail(vcpu, core, trap, "instruction fetch from an address where the VM has no executable memory");
                }
            }
            case A64Trap.Other ignored -> {
                record(core, vcpu, trap, 0);
                fail(
                        vcpu,
                        core,
                        trap,
                        "exception class 0x%x, which no guest may cause".formatted(trap.exceptionClass()));
            }
        }
    }

    private static void record(A64Core core, A64Vcpu vcpu, A64Trap trap, long address) {
        vcpu.count(trap.kind());
        vcpu.recentTraps().record(core.cycles(), trap.kind(), core.pc(), trap.syndrome(), address);
    }

    private void fail(A64Vcpu vcpu, A64Core core, A64Trap trap, String reason) {
        control.fail(vcpu.machine(), report(vcpu, core, trap, reason));
    }

    private static FailureReport report(A64Vcpu vcpu, A64Core core, A64Trap trap, String reason) {
        A64Vm vm = vcpu.machine();
        long virtual = 0;
        long ipa = 0;
        StageTwoWalk walk = null;
        if (trap instanceof A64Trap.Abort abort) {
            virtual = abort.virtualAddress();
            ipa = abort.ipa();
            walk = vm.stageTwo().walk(ipa);
        } else if (trap instanceof A64Trap.Other other) {
            virtual = other.virtualAddress();
        }
        List<Long> registers = new ArrayList<>();
        for (int n = 0; n < 31; n++) {
            registers.add(core.x(n));
        }
        int level = (int) core.spsr() >>> 2 & 3;
        return new FailureReport(
                vm.id(),
                vm.name(),
                vcpu.index(),
                core.index(),
                reason,
                trap.kind(),
                level,
                core.pc(),
                core.spsr(),
                trap.syndrome(),
                virtual,
                ipa,
                walk,
                registers,
                vcpu.recentTraps().entries());
    }
}
