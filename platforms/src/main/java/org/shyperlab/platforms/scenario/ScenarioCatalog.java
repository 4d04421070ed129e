package org.shyperlab.platforms.scenario;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.shyperlab.platforms.input.FileNames;
import org.shyperlab.platforms.input.InputException;

/** The scenarios that come with the program, and scenarios in files. */
public final class ScenarioCatalog {
    /** Names of the scenarios that come with the program. */
    public static final List<String> SHIPPED = List.of(
            "qemu-aarch64-linux",
            "qemu-aarch64-linux-gppt",
            "qemu-aarch64-two-vms",
            "qemu-aarch64-hello",
            "qemu-aarch64-traps",
            "qemu-aarch64-timer",
            "qemu-aarch64-ipi",
            "qemu-aarch64-smp",
            "qemu-aarch64-rtvm",
            "mvm-gvm",
            "mvm-gvm-riscv64",
            "mvm-gvm-rtvm",
            "mvm-gvm-rtvm-riscv64",
            "static-partition",
            "static-partition-riscv64",
            "eight-vms",
            "eight-vms-riscv64",
            "qemu-riscv64-linux",
            "qemu-riscv64-aia-linux",
            "qemu-riscv64-two-vms",
            "qemu-riscv64-aia-two-vms",
            "qemu-riscv64-hello",
            "qemu-riscv64-traps",
            "qemu-riscv64-timer",
            "qemu-riscv64-ipi",
            "qemu-riscv64-smp",
            "qemu-riscv64-rtvm",
            "qemu-riscv64-aia-hello",
            "qemu-riscv64-aia-traps",
            "qemu-riscv64-aia-timer",
            "qemu-riscv64-aia-ipi",
            "qemu-riscv64-aia-smp",
            "qemu-riscv64-aia-rtvm");

    /** VM configurations that come with the program. */
    static final List<String> SHIPPED_VMS = List.of(
            "vm0-linux.json",
            "vm0-linux-gppt.json",
            "vm0-mvm.json",
            "vm1-gvm.json",
            "vm0-riscv64-mvm.json",
            "vm1-riscv64-gvm.json",
            "vm0-partition.json",
            "vm1-partition.json",
            "vm2-partition.json",
            "vm0-riscv64-partition.json",
            "vm1-riscv64-partition.json",
            "vm2-riscv64-partition.json",
            "vm0-eight.json",
            "vm1-eight.json",
            "vm0-riscv64-eight.json",
            "vm1-riscv64-eight.json",
            "vm1-hello.json",
            "vm0-hello.json",
            "vm0-traps.json",
            "vm0-timer.json",
            "vm0-ipi.json",
            "vm0-smp.json",
            "vm2-rtvm.json",
            "vm0-riscv64-linux.json",
            "vm1-riscv64-hello.json",
            "vm1-riscv64-aia-hello.json",
            "vm0-riscv64-hello.json",
            "vm0-riscv64-traps.json",
            "vm0-riscv64-timer.json",
            "vm0-riscv64-ipi.json",
            "vm0-riscv64-smp.json",
            "vm2-riscv64-rtvm.json",
            "vm0-riscv64-aia-linux.json",
            "vm0-riscv64-aia-hello.json",
            "vm0-riscv64-aia-traps.json",
            "vm0-riscv64-aia-timer.json",
            "vm0-riscv64-aia-ipi.json",
            "vm0-riscv64-aia-smp.json",
            "vm0-riscv64-aia-mvm.json",
            "vm1-riscv64-aia-gvm.json",
            "vm2-riscv64-aia-rtvm.json");

    private ScenarioCatalog() {}

    /** A shipped scenario by name, or a scenario file when the name has a slash or ends in {@code .yaml} or {@code .yml}. */
    public static Scenario load(String name) {
        if (SHIPPED.contains(name)) {
            return ScenarioReader.read(
                    name + ".yaml", ScenarioFiles.resource(name + ".yaml"), ScenarioFiles.OF_PROGRAM);
        }
        Path file = FileNames.path(name);
        if (!name.contains("/") && !name.endsWith(".yaml") && !name.endsWith(".yml") && !Files.exists(file)) {
            throw new InputException(
                    "There is no scenario \"%s\". Shipped scenarios: %s. A scenario of your own is named by its file, for example ./%s.yaml."
                            .formatted(name, String.join(", ", SHIPPED), name));
        }
        if (name.isEmpty()) {
            throw new InputException("SCENARIO is empty.");
        }
        Path parent = file.toAbsolutePath().getParent();
        ScenarioFiles here = new ScenarioFiles(Path.of(""));
        return ScenarioReader.read(name, here.text("scenario", name), new ScenarioFiles(parent));
    }
}
