package org.shyperlab.benchmarks.disk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.shyperlab.guestimages.linux.GuestArchitecture;
import org.shyperlab.platforms.run.Run;

/** A board, and the two VMs on it: the management VM on core 0, the guest with the disks on core 1. */
public enum DiskBoard {
    /** GICv2. */
    AARCH64("qemu-aarch64", "vm0-linux", 0xb000000, 90, GuestArchitecture.ARM64, """
            "cmdline": "console=ttyAMA0 panic=-1",
            "image": { "kernel_filename": "shipped:linux", "kernel_load_ipa": "0x40200000",
                       "device_tree_load_ipa": "0x40000000",
                       "ramdisk_filename": "shipped:linux", "ramdisk_load_ipa": "0x4a000000" },
            "memory": { "num": 1, "region": [ { "ipa_start": "0x40000000", "length": "0x10000000" } ] },
            "passthrough_device": { "passthrough_device_list": [
              { "name": "gicv", "base_pa": "0x8040000", "base_ipa": "0x8010000", "length": "0x2000", "irq_list": [27] } ] },
            """, """
            { "name": "intc@8000000", "base_ipa": "0x8000000", "length": "0x1000", "irq_id": 0, "type": "EMU_DEVICE_T_GICD" },
            { "name": "pl011@9000000", "base_ipa": "0x9000000", "length": "0x1000", "irq_id": 33, "type": "EMU_DEVICE_T_CONSOLE" }
            """),
    /** RISC-V with a PLIC. */
    RISCV64(
            "qemu-riscv64",
            "vm0-riscv64-linux",
            0x40000000,
            60,
            GuestArchitecture.RISCV64,
            DiskBoard.RISCV,
            """
            { "name": "plic@c000000", "base_ipa": "0xc000000", "length": "0x600000", "irq_id": 0, "type": "EMU_DEVICE_T_PLIC" },
            """ + DiskBoard.UART),
    /** RISC-V with guest interrupt files. */
    RISCV64_AIA(
            "qemu-riscv64-aia",
            "vm0-riscv64-aia-linux",
            0x40000000,
            60,
            GuestArchitecture.RISCV64,
            DiskBoard.RISCV,
            """
            { "name": "aplic@d000000", "base_ipa": "0xd000000", "length": "0x8000", "irq_id": 0, "type": "EMU_DEVICE_T_APLIC" },
            """ + DiskBoard.UART);

    private static final String RISCV = """
            "cmdline": "console=ttyS0 panic=-1",
            "image": { "kernel_filename": "shipped:linux", "kernel_load_ipa": "0x80200000",
                       "device_tree_load_ipa": "0x88000000",
                       "ramdisk_filename": "shipped:linux", "ramdisk_load_ipa": "0x8a000000" },
            "memory": { "num": 1, "region": [ { "ipa_start": "0x80000000", "length": "0x10000000" } ] },
            """;
    private static final String UART = """
            { "name": "uart@10000000", "base_ipa": "0x10000000", "length": "0x1000", "irq_id": 10, "type": "EMU_DEVICE_T_CONSOLE" }
            """;

    /** From the shyper device to the console. */
    private static final int BELL = 0x800000;

    private final String board;
    private final String managementVm;
    private final int devices;
    private final int interrupt;
    private final GuestArchitecture linux;
    private final String guest;
    private final String controllerAndConsole;

    DiskBoard(
            String board,
            String managementVm,
            int devices,
            int interrupt,
            GuestArchitecture linux,
            String guest,
            String controllerAndConsole) {
        this.board = board;
        this.managementVm = managementVm;
        this.devices = devices;
        this.interrupt = interrupt;
        this.linux = linux;
        this.guest = guest;
        this.controllerAndConsole = controllerAndConsole;
    }

    /** The board's name. */
    String board() {
        return board;
    }

    /** Whose kernel boots in both VMs. */
    public GuestArchitecture linux() {
        return linux;
    }

    /** The management VM: the shipped one with a shyper device, and with a console that tells of messages. */
    String managementVm() throws IOException {
        int bell = devices + BELL;
        String more = """
                { "name": "shyper", "base_ipa": "0x%x", "length": "0x401000", "irq_id": %d, "cfg_num": 0, "cfg_list": [],
                  "type": "EMU_DEVICE_T_SHYPER" },
                { "name": "bell", "base_ipa": "0x%x", "length": "0x1000", "irq_id": %d, "cfg_num": 2,
                  "cfg_list": [0, %d], "type": "EMU_DEVICE_T_VIRTIO_CONSOLE" }, {""".formatted(devices, interrupt, bell, interrupt + 1, bell);
        String name = "/org/shyperlab/platforms/scenarios/" + managementVm + ".json";
        try (InputStream in = Run.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replaceFirst("(\"emulated_device\": \\{\\s*\"num\": )1", "$13")
                    .replaceFirst("(\"emulated_device_list\": \\[\\s*)\\{", "$1" + more);
        }
    }

    /** The guest, with a mediated disk (its vda) and one of the hypervisor's (its vdb). */
    String guestVm() {
        return """
                { "name": "%s", "type": "VM_T_LINUX", "cpu": { "num": 1, "allocate_bitmap": "0b10", "master": 1 }, %s
                  "emulated_device": { "emulated_device_list": [
                    { "name": "served", "base_ipa": "0x20000000", "length": "0x1000", "irq_id": 48, "cfg_list": [0, 0],
                      "type": "EMU_DEVICE_T_VIRTIO_BLK_MEDIATED" },
                    { "name": "own", "base_ipa": "0x20001000", "length": "0x1000", "irq_id": 49, "cfg_list": [0, 0],
                      "type": "EMU_DEVICE_T_VIRTIO_BLK" }, %s ] } }
                """.formatted(DiskScript.GUEST, guest, controllerAndConsole);
    }
}
