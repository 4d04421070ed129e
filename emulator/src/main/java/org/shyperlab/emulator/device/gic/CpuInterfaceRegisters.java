package org.shyperlab.emulator.device.gic;

import static org.shyperlab.emulator.device.Register.constant;
import static org.shyperlab.emulator.device.Register.readOnly;
import static org.shyperlab.emulator.device.Register.readWrite;
import static org.shyperlab.emulator.device.Register.writeOnly;

import org.shyperlab.emulator.device.Register;
import org.shyperlab.emulator.device.RegisterMap;
import org.shyperlab.emulator.trace.GuestErrors;

/** The register window of the CPU interfaces: GICC and GICV have the same layout (IHI 0048B tables 4-2 and 5-9). */
final class CpuInterfaceRegisters {
    private static final int WINDOW = 0x2000;
    /** Architecture version 2, implementer Arm. */
    private static final int IIDR = 0x0002_043b;

    private CpuInterfaceRegisters() {}

    /** GICC, one interface per core. */
    static RegisterMap physical(String device, PhysicalCpuInterface[] interfaces, GuestErrors errors) {
        Register control = control("GICC_CTLR", interfaces)
                .field("FIQBypDisGrp0", 5, 5)
                .field("IRQBypDisGrp0", 6, 6)
                .field("FIQBypDisGrp1", 7, 7)
                .field("IRQBypDisGrp1", 8, 8);
        return common("GICC_", device, interfaces, errors)
                .add(control)
                .add(readWrite(
                        0xe0,
                        "GICC_NSAPR0",
                        (core, n) -> interfaces[core].activePriorities1(),
                        (core, n, value) -> interfaces[core].activePriorities1(value)))
                .add(unusedLevels(0xe4, "GICC_NSAPR1_"))
                .build();
    }

    /** GICV, one interface per core. */
    static RegisterMap virtual(String device, VirtualCpuInterface[] interfaces, GuestErrors errors) {
        return common("GICV_", device, interfaces, errors)
                .add(control("GICV_CTLR", interfaces))
                .build();
    }

    private static Register control(String name, CpuInterface[] interfaces) {
        return readWrite(
                        0x00,
                        name,
                        (core, n) -> interfaces[core].control(),
                        (core, n, value) -> interfaces[core].control(value))
                .field("EnableGrp0", 0, 0)
                .field("EnableGrp1", 1, 1)
                .field("AckCtl", 2, 2)
                .field("FIQEn", 3, 3)
                .field("CBPR", 4, 4)
                .field("EOImode", 9, 9);
    }

    /** With 32 levels the three further registers of a run read as zero and ignore writes (4.4.12); Linux clears them. */
    private static Register unusedLevels(int offset, String name) {
        return readWrite(offset, name, (core, n) -> 0, (core, n, value) -> {}).times(3);
    }

    private static RegisterMap.Builder common(
            String prefix, String device, CpuInterface[] interfaces, GuestErrors errors) {
        return RegisterMap.of(device, WINDOW, errors)
                .add(readWrite(
                                0x04,
                                prefix + "PMR",
                                (core, n) -> interfaces[core].priorityMask(),
                                (core, n, value) -> interfaces[core].priorityMask(value))
                        .field("Priority", 7, 3))
                .add(readWrite(
                                0x08,
                                prefix + "BPR",
                                (core, n) -> interfaces[core].binaryPoint(),
                                (core, n, value) -> interfaces[core].binaryPoint(value))
                        .field("Binary_point", 2, 0)
                        .resetsTo(2))
                .add(readOnly(0x0c, prefix + "IAR", (core, n) -> interfaces[core].acknowledge(false))
                        .resetsTo(1023))
                .add(writeOnly(
                        0x10, prefix + "EOIR", (core, n, value) -> interfaces[core].endOfInterrupt(value, false)))
                .add(readOnly(0x14, prefix + "RPR", (core, n) -> interfaces[core].readRunningPriority())
                        .resetsTo(0xff))
                .add(readOnly(0x18, prefix + "HPPIR", (core, n) -> interfaces[core].highestPending(false))
                        .resetsTo(1023))
                .add(readWrite(
                                0x1c,
                                prefix + "ABPR",
                                (core, n) -> interfaces[core].aliasedBinaryPoint(),
                                (core, n, value) -> interfaces[core].aliasedBinaryPoint(value))
                        .field("Binary_point", 2, 0)
                        .resetsTo(3))
                .add(readOnly(0x20, prefix + "AIAR", (core, n) -> interfaces[core].acknowledge(true))
                        .resetsTo(1023))
                .add(writeOnly(
                        0x24, prefix + "AEOIR", (core, n, value) -> interfaces[core].endOfInterrupt(value, true)))
                .add(readOnly(0x28, prefix + "AHPPIR", (core, n) -> interfaces[core].highestPending(true))
                        .resetsTo(1023))
                .add(readWrite(
                        0xd0,
                        prefix + "APR0",
                        (core, n) -> interfaces[core].activePriorities0(),
                        (core, n, value) -> interfaces[core].activePriorities0(value)))
                .add(unusedLevels(0xd4, prefix + "APR1_"))
                .add(constant(0xfc, prefix + "IIDR", IIDR))
                .add(writeOnly(
                        0x1000, prefix + "DIR", (core, n, value) -> interfaces[core].deactivateInterrupt(value)));
    }
}
