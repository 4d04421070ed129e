package org.shyperlab.emulator.device.gic;

import static org.shyperlab.emulator.device.Register.constant;
import static org.shyperlab.emulator.device.Register.readOnly;
import static org.shyperlab.emulator.device.Register.readWrite;

import org.shyperlab.emulator.device.Register;
import org.shyperlab.emulator.device.RegisterMap;
import org.shyperlab.emulator.trace.GuestErrors;

/** The hypervisor's control window, GICH, of the core that accesses it (IHI 0048B table 5-6). */
final class VirtualControlRegisters {
    private static final int WINDOW = 0x1000;
    /** Five bits of priority and of preemption. */
    private static final int VTR = 4 << 29 | 4 << 26 | VirtualCpuInterface.LIST_REGISTERS - 1;

    private static final int ALL_EMPTY = (1 << VirtualCpuInterface.LIST_REGISTERS) - 1;

    private VirtualControlRegisters() {}

    /** The window's table. */
    static RegisterMap of(String device, VirtualCpuInterface[] interfaces, GuestErrors errors) {
        return RegisterMap.of(device, WINDOW, errors)
                .add(hypervisorControl(interfaces))
                .add(constant(0x04, "GICH_VTR", VTR))
                .add(machineControl(interfaces))
                .add(readOnly(0x10, "GICH_MISR", (core, n) -> interfaces[core].maintenanceReasons()))
                .add(readOnly(0x20, "GICH_EISR0", (core, n) -> interfaces[core].ended()))
                .add(constant(0x24, "GICH_EISR1", 0))
                .add(readOnly(0x30, "GICH_ELRSR0", (core, n) -> interfaces[core].empty())
                        .resetsTo(ALL_EMPTY))
                .add(constant(0x34, "GICH_ELRSR1", 0))
                .add(readWrite(
                        0xf0,
                        "GICH_APR",
                        (core, n) -> interfaces[core].activePriorities0(),
                        (core, n, value) -> interfaces[core].activePriorities0(value)))
                .add(readWrite(
                                0x100,
                                "GICH_LR",
                                (core, n) -> interfaces[core].listRegister(n),
                                (core, n, value) -> interfaces[core].listRegister(n, value & ListRegister.IMPLEMENTED))
                        .times(VirtualCpuInterface.LIST_REGISTERS))
                .build();
    }

    private static Register hypervisorControl(VirtualCpuInterface[] interfaces) {
        return readWrite(
                        0x00,
                        "GICH_HCR",
                        (core, n) -> interfaces[core].hypervisorControl(),
                        (core, n, value) -> interfaces[core].hypervisorControl(value))
                .field("En", 0, 0)
                .field("UIE", 1, 1)
                .field("LRENPIE", 2, 2)
                .field("NPIE", 3, 3)
                .field("VGrp0EIE", 4, 4)
                .field("VGrp0DIE", 5, 5)
                .field("VGrp1EIE", 6, 6)
                .field("VGrp1DIE", 7, 7)
                .field("EOICount", 31, 27);
    }

    private static Register machineControl(VirtualCpuInterface[] interfaces) {
        return readWrite(
                        0x08,
                        "GICH_VMCR",
                        (core, n) -> interfaces[core].machineControl(),
                        (core, n, value) -> interfaces[core].machineControl(value))
                .field("VMGrp0En", 0, 0)
                .field("VMGrp1En", 1, 1)
                .field("VMAckCtl", 2, 2)
                .field("VMFIQEn", 3, 3)
                .field("VMCBPR", 4, 4)
                .field("VEM", 9, 9)
                .field("VMABP", 20, 18)
                .field("VMBP", 23, 21)
                .field("VMPriMask", 31, 27)
                .resetsTo(3 << 18 | 2 << 21);
    }
}
