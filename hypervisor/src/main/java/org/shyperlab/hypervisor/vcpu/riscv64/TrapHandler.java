package org.shyperlab.hypervisor.vcpu.riscv64;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.riscv64.Access;
import org.shyperlab.emulator.core.riscv64.Csr;
import org.shyperlab.emulator.core.riscv64.Rv64Core;
import org.shyperlab.emulator.core.riscv64.Rv64Trap;
import org.shyperlab.hypervisor.FailureReport;
import org.shyperlab.hypervisor.hypercall.riscv64.SupervisorCalls;
import org.shyperlab.hypervisor.memory.StageTwoWalk;
import org.shyperlab.hypervisor.scheduler.riscv64.Rv64PhysicalCore;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmControl;
import org.shyperlab.hypervisor.vm.riscv64.Rv64Vm;

/** Exceptions of guests, by kind. Whatever a guest does ends here as an emulated effect, a reflected exception or a failed VM. */
public final class TrapHandler {
    private final VmControl control;
    private final SupervisorCalls calls;
    private final LoadStore instruction = new LoadStore();

    /** Handlers that act through {@code control}. */
    public TrapHandler(VmControl control, SupervisorCalls calls) {
        this.control = control;
        this.calls = calls;
    }

    /** Handles one trap of the vCPU that runs on the hart. */
    public void handle(Rv64PhysicalCore hart, Rv64Vcpu vcpu, Rv64Trap trap) {
        Rv64Core core = hart.core();
        long address = trap instanceof Rv64Trap.GuestPageFault fault ? fault.guestPhysical() : 0;
        vcpu.count(trap.kind());
        vcpu.recentTraps().record(core.cycles(), trap.kind(), core.pc(), trap.cause(), address);
        switch (trap) {
            case Rv64Trap.Ecall ignored -> calls.call(hart, vcpu);
            case Rv64Trap.Wait ignored -> waitForInterrupt(hart, vcpu);
            case Rv64Trap.GuestPageFault fault -> {
                String problem = access(core, vcpu, fault);
                if (problem != null) {
                    fail(vcpu, core, trap, problem);
                }
            }
            // To the guest, these are instructions that do not exist: it has no hypervisor extension.
            case Rv64Trap.VirtualInstruction ignored ->
                core.takeException(Rv64Trap.CAUSE_ILLEGAL_INSTRUCTION, trap.value());
            case Rv64Trap.IllegalInstruction ignored ->
                core.takeException(Rv64Trap.CAUSE_ILLEGAL_INSTRUCTION, trap.value());
            case Rv64Trap.Other ignored ->
                fail(vcpu, core, trap, "exception %d, which no guest may cause".formatted(trap.cause()));
        }
    }

    private static void waitForInterrupt(Rv64PhysicalCore hart, Rv64Vcpu vcpu) {
        Rv64Core core = hart.core();
        if (core.privilege() == 0) {
            core.takeException(Rv64Trap.CAUSE_ILLEGAL_INSTRUCTION, Rv64Trap.Wait.INSTRUCTION);
        } else {
            core.skip();
            hart.waitForInterrupt(vcpu);
        }
    }

    /** Carries out an access to an emulated device; null, or what is wrong with it. */
    private @Nullable String access(Rv64Core core, Rv64Vcpu vcpu, Rv64Trap.GuestPageFault fault) {
        if (fault.access() == Access.FETCH) {
            return "instruction fetch from an address where the VM has no executable memory";
        }
        if (fault.isImplicit()) {
            return "the guest's own page table lies where it has no memory";
        }
        Vm.Window window = vcpu.machine().windowAt(fault.guestPhysical());
        if (window == null) {
            return "data access to an address where the VM has neither memory nor a device";
        }
        if (!instruction.decode(fault.instruction())) {
            return "access to an emulated device by an instruction that is no plain load or store (htinst 0x%08x)"
                    .formatted(fault.instruction());
        }
        if (!window.region().contains(fault.guestPhysical(), instruction.size)) {
            return "data access across the end of an emulated device";
        }
        long offset = fault.guestPhysical() - window.region().base();
        if (instruction.load) {
            core.x(instruction.register, instruction.extend(window.device().read(vcpu, offset, instruction.size)));
        } else {
            long value = instruction.truncate(core.x(instruction.register));
            window.device().write(vcpu, offset, instruction.size, value);
        }
        core.skip();
        return null;
    }

    private void fail(Rv64Vcpu vcpu, Rv64Core core, Rv64Trap trap, String reason) {
        control.fail(vcpu.machine(), report(vcpu, core, trap, reason));
    }

    private static FailureReport report(Rv64Vcpu vcpu, Rv64Core core, Rv64Trap trap, String reason) {
        Rv64Vm vm = vcpu.machine();
        long guestPhysical = 0;
        StageTwoWalk walk = null;
        if (trap instanceof Rv64Trap.GuestPageFault fault) {
            guestPhysical = fault.guestPhysical();
            walk = vm.stageTwo().walk(guestPhysical);
        }
        List<Long> registers = new ArrayList<>();
        for (int n = 0; n < 32; n++) {
            registers.add(core.x(n));
        }
        return new FailureReport(
                vm.id(),
                vm.name(),
                vcpu.index(),
                core.index(),
                reason,
                trap.kind(),
                core.privilege(),
                core.pc(),
                core.get(Csr.VSSTATUS),
                trap.cause(),
                trap.value(),
                guestPhysical,
                walk,
                registers,
                vcpu.recentTraps().entries());
    }
}
