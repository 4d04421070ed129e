package org.shyperlab.hypervisor.hypercall.aarch64;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.hypervisor.hypercall.Hypercall;
import org.shyperlab.hypervisor.hypercall.HypercallError;
import org.shyperlab.hypervisor.hypercall.Hypercalls;
import org.shyperlab.hypervisor.scheduler.aarch64.A64PhysicalCore;
import org.shyperlab.hypervisor.vcpu.aarch64.A64Vcpu;

/**
 * HVC: Rust-Shyper's convention has the code in X7, arguments in X0 to X6 and the result in X0. PSCI calls by HVC are told apart by
 * their function id in X0: a guest whose device tree says {@code method = "hvc"} passes X7 = 0 with them.
 */
public final class HvcCalls {
    private static final int CODE = 7;
    private static final int INSTRUCTION = 4;

    private final Hypercalls hypercalls;
    private final Psci psci;

    /** Rust-Shyper's calls and PSCI's. */
    public HvcCalls(Hypercalls hypercalls, Psci psci) {
        this.hypercalls = hypercalls;
        this.psci = psci;
    }

    /** Carries out the call that the vCPU has just made. */
    public void call(A64PhysicalCore core, A64Vcpu vcpu) {
        A64Core registers = core.core();
        Hypercall call = Hypercall.of(registers.x(CODE));
        if (isFirmwareCall(call, registers.x(0))) {
            psci.call(core, vcpu);
        } else if (call == null) {
            registers.x(0, HypercallError.UNKNOWN_CALL.code());
        } else {
            // A register's value comes from the engine's memory: only those that the call has.
            long[] arguments = hypercalls.arguments();
            for (int i = 0; i < call.argumentCount(); i++) {
                arguments[i] = registers.x(i);
            }
            long result = hypercalls.callOrWait(vcpu.vm(), call);
            if (result == Hypercalls.AGAIN) {
                waitInCall(core, vcpu);
            } else {
                registers.x(0, result);
            }
        }
    }

    /** Back to the HVC, and to sleep before it. A guest that owns its interrupts cannot be woken by an IPI and goes on asking. */
    private static void waitInCall(A64PhysicalCore core, A64Vcpu vcpu) {
        core.core().pc(core.core().pc() - INSTRUCTION);
        if (!vcpu.ownsInterrupts()) {
            core.waitForInterrupt(vcpu);
        }
    }

    /** Code 0 is REBOOT, whose argument is 0 or 1, and what SMCCC calls of other software leave in X7: those have bit 31 of X0 set. */
    private static boolean isFirmwareCall(@Nullable Hypercall call, long x0) {
        return call == null ? Psci.isFunction(x0) : call == Hypercall.REBOOT && (x0 >>> 31 & 1) != 0;
    }
}
