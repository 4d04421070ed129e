package org.shyperlab.platforms.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.shyperlab.guestimages.BareMetalGuests;
import org.shyperlab.guestimages.DiskPart;
import org.shyperlab.guestimages.Mailbox;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.platforms.scenario.Scenario;
import org.shyperlab.platforms.scenario.ScenarioCatalog;

/** Scenarios whose VM 0 is the guest timer on core 0, and whose other VMs are the guest disk on cores 1 and 2, on every kind of board. */
enum DiskVms {
    GIC("qemu-aarch64", BareMetalGuests.AARCH64, "vm0-timer.json", "vm1-hello.json"),
    PLIC("qemu-riscv64", BareMetalGuests.RISCV64, "vm0-riscv64-timer.json", "vm1-riscv64-hello.json"),
    AIA("qemu-riscv64-aia", BareMetalGuests.RISCV64, "vm0-riscv64-aia-timer.json", "vm1-riscv64-aia-hello.json");

    /** Where the VMs see their disk. */
    static final long DISK = 0xa000000;
    /** Bytes of a block that the guest writes. */
    static final int BLOCK = 4096;

    private final String board;
    private final String architecture;
    private final String first;
    private final String other;

    DiskVms(String board, String architecture, String first, String other) {
        this.board = board;
        this.architecture = architecture;
        this.first = first;
        this.other = other;
    }

    /**
     * A VM.
     *
     * @param name its name
     * @param part what it does
     * @param disk the rest of its entry in the scenario's disks
     */
    record DiskVm(String name, DiskPart part, String disk) {}

    /** The scenario with these VMs; each writes {@code blocks} blocks. Its files go to {@code directory}. */
    Scenario with(Path directory, int blocks, List<DiskVm> vms) throws IOException {
        StringBuilder names = new StringBuilder("vm0.json");
        StringBuilder disks = new StringBuilder();
        Files.writeString(directory.resolve("vm0.json"), Execution.vm(first));
        for (int i = 0; i < vms.size(); i++) {
            DiskVm vm = vms.get(i);
            write(directory, vm.name(), vm.part(), blocks);
            Files.writeString(
                    directory.resolve(vm.name() + ".json"),
                    configuration(vm.name(), 1 + i % 2, EmulatedDeviceType.VIRTIO_BLK));
            names.append(", ").append(vm.name()).append(".json");
            disks.append("  - vm: ")
                    .append(vm.name())
                    .append("\n    ")
                    .append(vm.disk())
                    .append('\n');
        }
        Path file = Files.writeString(directory.resolve("disks.yaml"), """
                scenario: disks
                description: for a test
                board: %s
                cores: 3
                memory: 64M
                guest:
                  kernel: shipped:hello
                vms: [%s]
                disks:
                %s""".formatted(board, names, disks));
        return ScenarioCatalog.load(file.toString());
    }

    /**
     * The scenario in which a management VM with Linux has the configurations of these VMs in its folder, to start them itself: each
     * with a disk that its daemon serves. {@code served} is the daemon's list of files. Only for {@link #GIC} and {@link #PLIC}.
     */
    Scenario managed(Path directory, int blocks, Map<String, DiskPart> vms, String served) throws IOException {
        StringBuilder files = new StringBuilder();
        for (Map.Entry<String, DiskPart> vm : vms.entrySet()) {
            write(directory, vm.getKey(), vm.getValue(), blocks);
            String json = configuration(vm.getKey(), 1, EmulatedDeviceType.VIRTIO_BLK_MEDIATED);
            Files.writeString(directory.resolve(vm.getKey() + ".json"), json);
            files.append("  - name: %1$s.json%n    vm: %1$s.json%n".formatted(vm.getKey()));
        }
        Path file = Files.writeString(directory.resolve("managed.yaml"), """
                scenario: managed
                description: for a test
                board: %s
                cores: 2
                memory: 512M
                guest:
                  kernel: shipped:linux
                  initrd: shipped:linux
                vms: [%s]
                files:
                %s  - name: disks.json
                    text: '{"mediated": [%s]}'
                """.formatted(
                        board, this == GIC ? "shipped:vm0-mvm" : "shipped:vm0-riscv64-mvm", files, served));
        return ScenarioCatalog.load(file.toString());
    }

    private void write(Path directory, String name, DiskPart part, int blocks) throws IOException {
        byte[] image = BareMetalGuests.load(architecture, "disk");
        new Mailbox(image).disk(part, DISK, blocks);
        Files.write(directory.resolve(name + ".bin"), image);
    }

    private String configuration(String name, int core, EmulatedDeviceType type) {
        return Execution.vm(other)
                .replace("\"name\": \"hello\"", "\"name\": \"" + name + "\"")
                .replace("shipped:hello", name + ".bin")
                .replace("0x4000000\"", "0x400000\"")
                .replace("\"0b10\"", "\"0b" + "1" + "0".repeat(core) + "\"")
                .replace("\"master\": 1", "\"master\": " + core)
                .replaceFirst("(\"emulated_device\": \\{\\s*\"num\": )2", "$13")
                .replaceFirst("(\"emulated_device_list\": \\[\\s*)\\{", """
                        $1{ "name": "disk", "base_ipa": "0xa000000", "length": "0x1000", "irq_id": 48, "cfg_num": 2,
                          "cfg_list": [0, 0], "type": "%s%s" }, {""".formatted(EmulatedDeviceType.PREFIX, type));
    }

    /** What the guest writes into block {@code block}. */
    static byte[] pattern(int block) {
        byte[] data = new byte[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            data[i] = (byte) (block * 31 + i * 7 + (i >> 8) + 1);
        }
        return data;
    }

    /** {@code disk} after the guest has written its first {@code blocks} blocks. */
    static byte[] written(byte[] disk, int blocks) {
        byte[] after = disk.clone();
        for (int block = 0; block < blocks; block++) {
            System.arraycopy(pattern(block), 0, after, block * BLOCK, BLOCK);
        }
        return after;
    }
}
