package org.shyperlab.platforms.run;

import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.shyperlab.platforms.board.Architecture;
import org.shyperlab.platforms.scenario.Scenario;

/** What a guest can run on: every board, bare and with the hypervisor in each of its ways to handle interrupts. */
enum Ground {
    BARE_GIC(Architecture.AARCH64, "qemu-aarch64", null),
    EMULATED_GIC(Architecture.AARCH64, "qemu-aarch64", "vm0-timer.json"),
    PARTIAL_PASSTHROUGH(
            Architecture.AARCH64,
            "qemu-aarch64",
            "vm0-timer.json",
            json -> json.replace("EMU_DEVICE_T_GICD", "EMU_DEVICE_T_GPPT").replace("0x8040000", "0x8010000")),
    BARE_PLIC(Architecture.RISCV64, "qemu-riscv64", null),
    EMULATED_PLIC(Architecture.RISCV64, "qemu-riscv64", "vm0-riscv64-timer.json"),
    BARE_AIA(Architecture.RISCV64, "qemu-riscv64-aia", null),
    EMULATED_APLIC(Architecture.RISCV64, "qemu-riscv64-aia", "vm0-riscv64-aia-timer.json");

    private final Architecture architecture;
    private final String board;
    private final @Nullable String vm;
    private final UnaryOperator<String> change;

    Ground(Architecture architecture, String board, @Nullable String vm) {
        this(architecture, board, vm, UnaryOperator.identity());
    }

    Ground(Architecture architecture, String board, @Nullable String vm, UnaryOperator<String> change) {
        this.architecture = architecture;
        this.board = board;
        this.vm = vm;
        this.change = change;
    }

    Architecture architecture() {
        return architecture;
    }

    boolean isBare() {
        return vm == null;
    }

    /** The bare-metal guest {@code guest} alone on this ground; its files are written to {@code directory}. */
    Scenario with(Path directory, String guest) {
        String kernel = "shipped:" + guest;
        return vm == null
                ? Execution.scenario(directory, board, "1", kernel, null)
                : Execution.scenario(
                        directory,
                        board,
                        "1",
                        kernel,
                        null,
                        change.apply(Execution.vm(vm)).replace("shipped:timer", kernel));
    }
}
