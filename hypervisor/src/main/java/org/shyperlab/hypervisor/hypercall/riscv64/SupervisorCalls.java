package org.shyperlab.hypervisor.hypercall.riscv64;

import org.shyperlab.emulator.core.riscv64.Rv64Core;
import org.shyperlab.emulator.firmware.Sbi;
import org.shyperlab.hypervisor.hypercall.Hypercall;
import org.shyperlab.hypervisor.hypercall.HypercallError;
import org.shyperlab.hypervisor.hypercall.Hypercalls;
import org.shyperlab.hypervisor.scheduler.riscv64.Rv64PhysicalCore;
import org.shyperlab.hypervisor.vcpu.riscv64.Rv64Vcpu;

/**
 * ecall from VS. SBI has its extension in a7, function in a6, arguments from a0 on, error in a0 and value in a1. Rust-Shyper's
 * hypercalls are the extensions from 0x0a000000 on, with the code in the lower 16 bits, and the result in a0.
 */
public final class SupervisorCalls {
    private static final int A0 = 10;
    private static final int A1 = 11;
    private static final int A2 = 12;
    private static final int A6 = 16;
    private static final int A7 = 17;
    private static final long HYPERCALLS = 0x0a00_0000L;
    private static final long HYPERCALL_MASK = 0x00ff_ffffL;

    private final Hypercalls hypercalls;

    /** SBI's calls, which the VMs' firmware answers, and these. */
    public SupervisorCalls(Hypercalls hypercalls) {
        this.hypercalls = hypercalls;
    }

    /** Carries out the call that the vCPU has just made; it goes on behind the ecall, or sleeps before it until it makes it again. */
    public void call(Rv64PhysicalCore hart, Rv64Vcpu vcpu) {
        Rv64Core core = hart.core();
        long extension = core.x(A7);
        if ((extension & ~HYPERCALL_MASK) == HYPERCALLS) {
            long result = hypercall(core, vcpu, extension & HYPERCALL_MASK);
            if (result == Hypercalls.AGAIN) {
                hart.waitForInterrupt(vcpu);
            } else {
                core.skip();
                core.x(A0, result);
            }
            return;
        }
        core.skip();
        // SBI's own results come first: a call may stop the vCPU, and its registers are saved then.
        Sbi sbi = vcpu.machine().firmware();
        long error = sbi.call(vcpu.index(), extension, core.x(A6), core.x(A0), core.x(A1), core.x(A2));
        core.x(A0, error);
        if (!Sbi.isLegacy(extension)) {
            core.x(A1, sbi.value());
        }
    }

    private long hypercall(Rv64Core core, Rv64Vcpu vcpu, long code) {
        Hypercall call = Hypercall.of(code);
        if (call == null) {
            return HypercallError.UNKNOWN_CALL.code();
        }
        // A register's value comes from the engine's memory: only those that the call has.
        long[] arguments = hypercalls.arguments();
        for (int i = 0; i < call.argumentCount(); i++) {
            arguments[i] = core.x(A0 + i);
        }
        return hypercalls.callOrWait(vcpu.vm(), call);
    }
}
