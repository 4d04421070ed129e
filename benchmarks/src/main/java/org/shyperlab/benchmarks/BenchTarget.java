package org.shyperlab.benchmarks;

import java.util.function.UnaryOperator;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;

/** The boards that guests are measured on. */
enum BenchTarget {
    AARCH64("qemu-aarch64", EmulatedDeviceType.GICD),
    RISCV64("qemu-riscv64", EmulatedDeviceType.PLIC),
    RISCV64_AIA("qemu-riscv64-aia", EmulatedDeviceType.APLIC);

    private final String board;
    private final EmulatedDeviceType controller;

    BenchTarget(String board, EmulatedDeviceType controller) {
        this.board = board;
        this.controller = controller;
    }

    /** The interrupt controller that a VM usually has there. */
    EmulatedDeviceType controller() {
        return controller;
    }

    /** The board without a guest; {@code probe} is put between the bus and every register window. */
    BenchBoard probed(UnaryOperator<Device> probe) {
        return this == AARCH64 ? A64BenchBoard.probed(probe) : Rv64BenchBoard.probed(board, probe);
    }

    /** The board without a guest. */
    BenchBoard plain() {
        return probed(UnaryOperator.identity());
    }
}
