package org.shyperlab.hypervisor.hypercall.aarch64;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.hypercall.HypercallCode;
import org.shyperlab.hypervisor.hypercall.VmEntry;
import org.shyperlab.hypervisor.scheduler.aarch64.A64PhysicalCore;
import org.shyperlab.hypervisor.vcpu.aarch64.A64Vcpu;
import org.shyperlab.hypervisor.vm.VmControl;

/**
 * HVC: Rust-Shyper's convention has the code in X7, arguments in X0 to X6 and the result in X0; -1 is an error. PSCI calls by HVC are
 * told apart by their function id in X0: a guest whose device tree says {@code method = "hvc"} passes X7 = 0 with them.
 */
public final class Hypercalls {
    private final VmControl control;
    private final Psci psci;
    private final HypervisorListener listener;

    /** Hypercalls on these VMs. */
    public Hypercalls(VmControl control, Psci psci, HypervisorListener listener) {
        this.control = control;
        this.psci = psci;
        this.listener = listener;
    }

    /** Carries out the call that the vCPU has just made. */
    public void call(A64PhysicalCore core, A64Vcpu vcpu) {
        A64Core registers = core.core();
        long code = registers.x(7);
        if (!HypercallCode.isKnown(code) && Psci.isFunction(registers.x(0))) {
            psci.call(core, vcpu);
            return;
        }
        registers.x(0, result(registers, vcpu, code));
    }

    private long result(A64Core registers, A64Vcpu vcpu, long code) {
        if (code == HypercallCode.SYS_TEST) {
            listener.message("HVC SYS TEST");
            return 0;
        }
        if (code == HypercallCode.LIST_VM) {
            return store(vcpu, registers.x(0), VmEntry.encode(control.vms()));
        }
        if (code == HypercallCode.GET_VM_ID) {
            byte[] id = ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(vcpu.vm())
                    .array();
            return store(vcpu, registers.x(0), id);
        }
        return HypercallCode.ERROR;
    }

    private long store(A64Vcpu vcpu, long ipa, byte[] bytes) {
        if (vcpu.machine().memory().write(ipa, bytes)) {
            return 0;
        }
        listener.guestError(
                vcpu, "hypercall result of %d bytes for IPA 0x%x, which is not RAM of this VM", bytes.length, ipa);
        return HypercallCode.ERROR;
    }
}
