package org.shyperlab.hypervisor.hypercall.riscv64;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.shyperlab.emulator.core.riscv64.Rv64Core;
import org.shyperlab.emulator.firmware.Sbi;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.hypercall.HypercallCode;
import org.shyperlab.hypervisor.hypercall.VmEntry;
import org.shyperlab.hypervisor.vcpu.riscv64.Rv64Vcpu;
import org.shyperlab.hypervisor.vm.VmControl;

/**
 * ecall from VS. SBI has its extension in a7, function in a6, arguments from a0 on, error in a0 and value in a1. Rust-Shyper's
 * hypercalls are the extensions from 0x0a000000 on, with the code in the lower 16 bits, and the result in a0; -1 is an error.
 */
public final class SupervisorCalls {
    private static final int A0 = 10;
    private static final int A1 = 11;
    private static final int A2 = 12;
    private static final int A6 = 16;
    private static final int A7 = 17;
    private static final long HYPERCALLS = 0x0a00_0000L;
    private static final long HYPERCALL_MASK = 0x00ff_ffffL;

    private final VmControl control;
    private final HypervisorListener listener;

    /** Calls of these VMs. */
    public SupervisorCalls(VmControl control, HypervisorListener listener) {
        this.control = control;
        this.listener = listener;
    }

    /** Carries out the call that the vCPU has just made; it goes on behind the ecall. */
    public void call(Rv64Core core, Rv64Vcpu vcpu) {
        core.skip();
        long extension = core.x(A7);
        if ((extension & ~HYPERCALL_MASK) == HYPERCALLS) {
            core.x(A0, hypercall(core, vcpu, extension & HYPERCALL_MASK));
            return;
        }
        // SBI's own results come first: a call may stop the vCPU, and its registers are saved then.
        Sbi sbi = vcpu.machine().firmware();
        long error = sbi.call(vcpu.index(), extension, core.x(A6), core.x(A0), core.x(A1), core.x(A2));
        core.x(A0, error);
        if (!Sbi.isLegacy(extension)) {
            core.x(A1, sbi.value());
        }
    }

    private long hypercall(Rv64Core core, Rv64Vcpu vcpu, long code) {
        if (code == HypercallCode.SYS_TEST) {
            listener.message("HVC SYS TEST");
            return 0;
        }
        if (code == HypercallCode.LIST_VM) {
            return store(vcpu, core.x(A0), VmEntry.encode(control.vms()));
        }
        if (code == HypercallCode.GET_VM_ID) {
            byte[] id = ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(vcpu.vm())
                    .array();
            return store(vcpu, core.x(A0), id);
        }
        return HypercallCode.ERROR;
    }

    private long store(Rv64Vcpu vcpu, long address, byte[] bytes) {
        if (vcpu.machine().memory().write(address, bytes)) {
            return 0;
        }
        listener.guestError(
                vcpu, "hypercall result of %d bytes for 0x%x, which is not RAM of this VM", bytes.length, address);
        return HypercallCode.ERROR;
    }
}
