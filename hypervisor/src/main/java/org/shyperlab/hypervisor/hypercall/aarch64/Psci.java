package org.shyperlab.hypervisor.hypercall.aarch64;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.hypervisor.scheduler.aarch64.A64PhysicalCore;
import org.shyperlab.hypervisor.vcpu.VcpuState;
import org.shyperlab.hypervisor.vcpu.aarch64.A64Vcpu;
import org.shyperlab.hypervisor.vm.VmControl;
import org.shyperlab.hypervisor.vm.aarch64.A64Vm;

/**
 * Virtual PSCI 1.1 (Arm DEN 0022) and the SMC calling convention's discovery calls. Everything acts on the calling VM's own vCPUs: no
 * guest reaches the board's firmware.
 */
public final class Psci {
    private static final int VERSION = 0x8400_0000;
    private static final int CPU_SUSPEND = 0x8400_0001;
    private static final int CPU_OFF = 0x8400_0002;
    private static final int CPU_ON = 0x8400_0003;
    private static final int AFFINITY_INFO = 0x8400_0004;
    private static final int MIGRATE_INFO_TYPE = 0x8400_0006;
    private static final int SYSTEM_OFF = 0x8400_0008;
    private static final int SYSTEM_RESET = 0x8400_0009;
    private static final int FEATURES = 0x8400_000a;
    private static final int CPU_SUSPEND_64 = 0xc400_0001;
    private static final int CPU_ON_64 = 0xc400_0003;
    private static final int AFFINITY_INFO_64 = 0xc400_0004;
    private static final int SYSTEM_RESET2 = 0x8400_0012;
    private static final int SYSTEM_RESET2_64 = 0xc400_0012;
    private static final int SMCCC_VERSION = 0x8000_0000;
    private static final int SMCCC_ARCH_FEATURES = 0x8000_0001;

    private static final long PSCI_1_1 = 0x1_0001;
    private static final long SMCCC_1_1 = 0x1_0001;
    private static final long SUCCESS = 0;
    private static final long NOT_SUPPORTED = -1;
    private static final long INVALID_PARAMETERS = -2;
    private static final long ALREADY_ON = -4;
    private static final long ON_PENDING = -5;
    private static final long INVALID_ADDRESS = -9;

    /** SYSTEM_RESET2's only architectural type, which resets a VM as SYSTEM_RESET does. */
    private static final int WARM_RESET = 0;

    /** There is no trusted OS to migrate (5.10). */
    private static final long NO_MIGRATION_NEEDED = 2;

    private final VmControl control;

    /** PSCI that acts through {@code control}. */
    public Psci(VmControl control) {
        this.control = control;
    }

    /** Whether X0 looks like a PSCI or SMCCC architecture function id: fast call, bits 23:16 zero, owner 0 or 4 (DEN 0028 2.5). */
    public static boolean isFunction(long x0) {
        long function = x0 & 0xffff_ffffL;
        return function >>> 31 == 1 && (function & 0x3bff_0000) == 0;
    }

    /** Carries out the call in X0 to X3; the result goes to X0. */
    public void call(A64PhysicalCore core, A64Vcpu vcpu) {
        A64Core registers = core.core();
        int function = (int) registers.x(0);
        boolean wide = (function & 0x4000_0000) != 0;
        long first = argument(registers.x(1), wide);
        long second = argument(registers.x(2), wide);
        long third = argument(registers.x(3), wide);
        switch (function) {
            case CPU_OFF -> control.powerOff(vcpu);
            case SYSTEM_OFF -> control.stop(vcpu.machine());
            case SYSTEM_RESET -> control.reset(vcpu.machine());
            case SYSTEM_RESET2, SYSTEM_RESET2_64 -> {
                if ((int) first == WARM_RESET) {
                    control.reset(vcpu.machine());
                } else {
                    registers.x(0, INVALID_PARAMETERS); // reserved, or a vendor's
                }
            }
            case CPU_SUSPEND, CPU_SUSPEND_64 -> {
                // Standby for every state: allowed for power-down requests too, which then return as if woken at once
                // (5.4.2).
                registers.x(0, SUCCESS);
                core.waitForInterrupt(vcpu);
            }
            default -> registers.x(0, result(vcpu, function, first, second, third));
        }
    }

    private static long argument(long value, boolean wide) {
        return wide ? value : value & 0xffff_ffffL;
    }

    private long result(A64Vcpu vcpu, int function, long first, long second, long third) {
        return switch (function) {
            case VERSION -> PSCI_1_1;
            case CPU_ON, CPU_ON_64 -> cpuOn(vcpu.machine(), first, second, third);
            case AFFINITY_INFO, AFFINITY_INFO_64 -> affinityInfo(vcpu.machine(), first, second);
            case MIGRATE_INFO_TYPE -> NO_MIGRATION_NEEDED;
            case FEATURES -> isImplemented((int) first) ? SUCCESS : NOT_SUPPORTED;
            case SMCCC_VERSION -> SMCCC_1_1;
            case SMCCC_ARCH_FEATURES -> isDiscovery((int) first) ? SUCCESS : NOT_SUPPORTED;
            // Not a guest's mistake: asking is how a guest finds out what there is (DEN 0028 5.2).
            default -> NOT_SUPPORTED;
        };
    }

    private static boolean isImplemented(int function) {
        return switch (function) {
            case VERSION,
                    CPU_SUSPEND,
                    CPU_OFF,
                    CPU_ON,
                    AFFINITY_INFO,
                    MIGRATE_INFO_TYPE,
                    SYSTEM_OFF,
                    SYSTEM_RESET,
                    SYSTEM_RESET2,
                    SYSTEM_RESET2_64,
                    FEATURES,
                    CPU_SUSPEND_64,
                    CPU_ON_64,
                    AFFINITY_INFO_64,
                    SMCCC_VERSION -> true;
            default -> false;
        };
    }

    private static boolean isDiscovery(int function) {
        return function == SMCCC_VERSION || function == SMCCC_ARCH_FEATURES;
    }

    private long cpuOn(A64Vm vm, long affinity, long entry, long context) {
        A64Vcpu target = byAffinity(vm, affinity);
        if (target == null) {
            return INVALID_PARAMETERS;
        }
        if (target.state() == VcpuState.STARTING) {
            return ON_PENDING;
        }
        if (target.state() != VcpuState.OFF) {
            return ALREADY_ON;
        }
        if ((entry & 3) != 0 || vm.memory().physical(entry, 4) < 0) {
            return INVALID_ADDRESS;
        }
        control.powerOn(target, entry, context);
        return SUCCESS;
    }

    /** AFFINITY_INFO (5.7): 0 on, 1 off, 2 on its way. Only the lowest affinity level exists on this board. */
    private static long affinityInfo(A64Vm vm, long affinity, long lowestLevel) {
        @Nullable A64Vcpu target = byAffinity(vm, affinity);
        if (target == null || lowestLevel != 0) {
            return INVALID_PARAMETERS;
        }
        return switch (target.state()) {
            case OFF -> 1;
            case STARTING -> 2;
            case READY, RUNNING, BLOCKED, PAUSED -> 0;
        };
    }

    /** The vCPU of a VM with this affinity, or null. */
    private static @Nullable A64Vcpu byAffinity(A64Vm vm, long affinity) {
        long index = affinity & 0xff_00ff_ffffL;
        return index < vm.vcpus().size() ? vm.vcpus().get((int) index) : null;
    }
}
