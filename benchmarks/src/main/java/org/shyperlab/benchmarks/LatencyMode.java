package org.shyperlab.benchmarks;

import static org.shyperlab.benchmarks.BenchTarget.AARCH64;
import static org.shyperlab.benchmarks.BenchTarget.RISCV64;
import static org.shyperlab.benchmarks.BenchTarget.RISCV64_AIA;
import static org.shyperlab.benchmarks.LatencyStage.ACKNOWLEDGED;
import static org.shyperlab.benchmarks.LatencyStage.ENDED;
import static org.shyperlab.benchmarks.LatencyStage.INJECTED;
import static org.shyperlab.benchmarks.LatencyStage.VECTOR;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.benchmarks.Probe.Access;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;

/** How interrupts reach the guest, and what it does meanwhile. */
enum LatencyMode {
    NATIVE_SPIN("AArch64 native, guest spins", AARCH64, null, true, Seen.GIC),
    NATIVE_WFI("AArch64 native, guest in WFI", AARCH64, null, false, Seen.GIC),
    PASSTHROUGH_SPIN("GPPT, guest spins", AARCH64, EmulatedDeviceType.GPPT, true, Seen.GIC),
    PASSTHROUGH_WFI("GPPT, guest in WFI", AARCH64, EmulatedDeviceType.GPPT, false, Seen.GIC),
    EMULATED_SPIN("vGICv2, guest spins", AARCH64, EmulatedDeviceType.GICD, true, Seen.VGIC),
    EMULATED_WFI("vGICv2, guest in WFI", AARCH64, EmulatedDeviceType.GICD, false, Seen.VGIC),
    PLIC_NATIVE_SPIN("RISC-V native, PLIC, guest spins", RISCV64, null, true, Seen.PLIC),
    PLIC_NATIVE_WFI("RISC-V native, PLIC, guest in WFI", RISCV64, null, false, Seen.PLIC),
    PLIC_SPIN("vPLIC, guest spins", RISCV64, EmulatedDeviceType.PLIC, true, Seen.VPLIC),
    PLIC_WFI("vPLIC, guest in WFI", RISCV64, EmulatedDeviceType.PLIC, false, Seen.VPLIC),
    AIA_NATIVE_SPIN("RISC-V native, AIA, guest spins", RISCV64_AIA, null, true, Seen.IMSIC),
    AIA_NATIVE_WFI("RISC-V native, AIA, guest in WFI", RISCV64_AIA, null, false, Seen.IMSIC),
    AIA_SPIN("guest interrupt file, guest spins", RISCV64_AIA, EmulatedDeviceType.APLIC, true, Seen.IMSIC),
    AIA_WFI("guest interrupt file, guest in WFI", RISCV64_AIA, EmulatedDeviceType.APLIC, false, Seen.IMSIC);

    /** Where the stages show on the bus. */
    private static final class Seen {
        private static final int GICC_IAR = 0x0c;
        private static final int GICC_EOIR = 0x10;
        private static final int GICH_LR0 = 0x100;
        private static final long LR_PENDING = 1 << 28;
        private static final int SUPERVISOR_CLAIM = 0x20_1004;

        static final List<Access> GIC = List.of(
                Access.before(VECTOR, "gic-cpu", GICC_IAR, false), Access.after(ENDED, "gic-cpu", GICC_EOIR, true));
        static final List<Access> VGIC = List.of(
                Access.after(ACKNOWLEDGED, "gic-cpu", GICC_IAR, false),
                new Access(INJECTED, "gic-hypervisor", GICH_LR0, true, true, LR_PENDING),
                Access.before(VECTOR, "gic-vcpu", GICC_IAR, false),
                Access.after(ENDED, "gic-vcpu", GICC_EOIR, true));
        static final List<Access> PLIC = List.of(
                Access.before(VECTOR, Doorbell.NAME, 0, false), Access.after(ENDED, "plic", SUPERVISOR_CLAIM, true));
        static final List<Access> VPLIC = List.of(
                Access.after(ACKNOWLEDGED, "plic", SUPERVISOR_CLAIM, false),
                Access.before(VECTOR, Doorbell.NAME, 0, false),
                Access.after(ENDED, "plic", SUPERVISOR_CLAIM, true));
        static final List<Access> IMSIC =
                List.of(Access.before(VECTOR, Doorbell.NAME, 0, false), Access.after(ENDED, Doorbell.NAME, 0, false));
    }

    private final String title;
    private final BenchTarget target;
    private final @Nullable EmulatedDeviceType interrupts;
    private final boolean spins;
    private final List<Access> accesses;

    LatencyMode(
            String title,
            BenchTarget target,
            @Nullable EmulatedDeviceType interrupts,
            boolean spins,
            List<Access> accesses) {
        this.title = title;
        this.target = target;
        this.interrupts = interrupts;
        this.spins = spins;
        this.accesses = accesses;
    }

    /** For tables. */
    String title() {
        return title;
    }

    /** The board. */
    BenchTarget target() {
        return target;
    }

    /** The hypervisor's interrupt controller for the guest; null when there is no hypervisor. */
    @Nullable
    EmulatedDeviceType interrupts() {
        return interrupts;
    }

    /** Whether the guest spins between interrupts; it sleeps otherwise. */
    boolean spins() {
        return spins;
    }

    /** The accesses that show the stages. */
    List<Access> accesses() {
        return accesses;
    }
}
