package org.shyperlab.hypervisor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.PlatformDescription.DeviceWindow;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.memory.MemoryRegion;

/** Configurations of RISC-V VMs, among them the one of Rust-Shyper's guide (vm1_config_riscv.json), for PLIC and for AIA. */
class RiscvConfigTest {
    private static final List<DeviceWindow> DEVICES = List.of(
            new DeviceWindow("uart0", new MemoryRegion(0x1000_0000, 0x1000), List.of(10)),
            new DeviceWindow("rtc", new MemoryRegion(0x10_1000, 0x1000), List.of(11)));
    /** Guest file 2, the VM's, of each hart. */
    private static final List<DeviceWindow> FILES = List.of(
            new DeviceWindow("file of hart 1", new MemoryRegion(0x2800_6000, 0x1000), List.of()),
            new DeviceWindow("file of hart 2", new MemoryRegion(0x2800_a000, 0x1000), List.of()),
            new DeviceWindow("file of hart 3", new MemoryRegion(0x2800_e000, 0x1000), List.of()));

    private static final PlatformDescription PLIC = board(new PlatformDescription.Plic(0xc00_0000, 511, 3));
    private static final PlatformDescription AIA =
            board(new PlatformDescription.Aia(0xd00_0000, 96, 0x2800_0000, 0x4000, 3, 255));
    private static final String APLIC_DEVICE = """
            { "name": "aplic@d000000", "base_ipa": "0xd000000", "length": "0x8000", "cfg_num": 0,
                "cfg_list": [], "type": "EMU_DEVICE_T_APLIC" }""";
    private static final String FILES_OF_THE_GUIDE = """
            ,
              "passthrough_device": { "passthrough_device_list": [
                { "base_pa": "0x28006000", "base_ipa": "0x28000000", "length": "0x1000" },
                { "base_pa": "0x2800a000", "base_ipa": "0x28004000", "length": "0x1000" },
                { "base_pa": "0x2800e000", "base_ipa": "0x28008000", "length": "0x1000" }
              ] }""";

    private static final String PLIC_DEVICE = """
            { "name": "plic@c000000", "base_ipa": "0xc000000", "length": "0x600000", "irq_id": 0, "cfg_num": 0,
                "cfg_list": [], "type": "EMU_DEVICE_T_PLIC" }""";

    /** The guide's VM 1: three harts, and a disk, a network card and a console that the hypervisor emulates. */
    private static final String GUIDE = """
            {
              "name": "guest-os-1",
              "type": "VM_T_LINUX",
              "cmdline": "earlycon=sbi console=hvc1 root=/dev/vda rw audit=0",
              "image": {
                "kernel_filename": "Image",
                "kernel_load_ipa": "0x80200000",
                "kernel_entry_point": "0x80200000",
                "device_tree_filename": "",
                "device_tree_load_ipa": "0xa0000000",
                "ramdisk_filename": "initrd.gz",
                "ramdisk_load_ipa": "0"
              },
              "memory": { "num": 1, "region": [
                { "ipa_start": "0x80000000", "length": "0x40000000" }
              ] },
              "cpu": { "num": 3, "allocate_bitmap": "0b1110", "master": 1 },
              "emulated_device": { "num": 4, "emulated_device_list": [
                %s,
                { "name": "virtio_blk@10001000", "base_ipa": "0x10001000", "length": "0x1000", "irq_id": 19, "cfg_num": 2,
                  "cfg_list": [0, 8192000],
                  "type": "EMU_DEVICE_T_VIRTIO_BLK_MEDIATED" },
                { "name": "virtio_net@50000000", "base_ipa": "0x50000000", "length": "0x1000", "irq_id": 20, "cfg_num": 6,
                  "cfg_list": ["0x74", "0x56", "0xaa", "0x0f", "0x47", "0xd1"],
                  "type": "EMU_DEVICE_T_VIRTIO_NET" },
                { "name": "virtio_console@40001000", "base_ipa": "0x40001000", "length": "0x1000", "irq_id": 21, "cfg_num": 2,
                  "cfg_list": ["0", "0x40001000"],
                  "type": "EMU_DEVICE_T_VIRTIO_CONSOLE" }
              ] }%s
            }
            """;

    /** A VM without devices that anybody might still have to write. */
    private static final String SMALL = """
            {
              "name": "small",
              "type": "VM_T_BARE_MATEL_APP",
              "image": { "kernel_filename": "small.bin", "kernel_load_ipa": "0x80200000" },
              "memory": { "region": [ { "ipa_start": "0x80000000", "length": "0x400000" } ] },
              "cpu": { "num": 1, "allocate_bitmap": "0b10", "master": 1 },
              "emulated_device": { "emulated_device_list": [
                { "name": "plic@c000000", "base_ipa": "0xc000000", "length": "0x600000", "irq_id": 0,
                  "type": "EMU_DEVICE_T_PLIC" },
                { "name": "serial@20000000", "base_ipa": "0x20000000", "length": "0x1000", "irq_id": 12,
                  "type": "EMU_DEVICE_T_CONSOLE" }
              ] },
              "passthrough_device": { "passthrough_device_list": [
                { "name": "uart", "base_pa": "0x10000000", "base_ipa": "0x10000000", "length": "0x1000", "irq_list": [10] }
              ] }
            }
            """;

    private static PlatformDescription board(PlatformDescription.InterruptController interrupts) {
        return new PlatformDescription(
                4,
                interrupts,
                new MemoryRegion(0x8020_0000L, 0x800_0000),
                List.of(new MemoryRegion(0x9000_0000L, 0x1_0000_0000L)),
                Stream.concat(DEVICES.stream(), FILES.stream()).toList(),
                10_000_000);
    }

    private static List<ConfigProblem> problems(String json, PlatformDescription board) {
        VmConfigFile file = VmConfigReader.read("vm1_config_riscv.json", json);
        assertThat(file.problems()).isEmpty();
        try {
            VmConfigChecker.check(List.of(new VmSource(file, List.of())), board, 8);
            return List.of();
        } catch (ConfigException error) {
            return error.problems();
        }
    }

    /** What a configuration has that this hypervisor does not emulate is refused by name, and nothing else of it is. */
    private static void assertOnlyUnimplementedTypesAreRefused(String json, PlatformDescription board) {
        VmConfig config = VmConfigReader.read("vm1_config_riscv.json", json).config();
        assertThat(config).isNotNull();
        List<String> refused = config.emulated().stream()
                .filter(device -> !device.type().isImplemented())
                .map(device -> "EMU_DEVICE_T_" + device.type() + " is not implemented yet")
                .toList();
        assertThat(problems(json, board))
                .hasSameSizeAs(refused)
                .allSatisfy(problem -> assertThat(refused).anyMatch(problem.message()::startsWith));
    }

    @Test
    void theGuidesConfigurationIsReadWhole() {
        VmConfig config = VmConfigReader.read("vm1_config_riscv.json", GUIDE.formatted(PLIC_DEVICE, ""))
                .config();
        assertThat(config.cpu().cores()).containsExactly(1, 2, 3);
        assertThat(config.emulated())
                .extracting(VmConfig.Emulated::type)
                .containsExactly(
                        EmulatedDeviceType.PLIC,
                        EmulatedDeviceType.VIRTIO_BLK_MEDIATED,
                        EmulatedDeviceType.VIRTIO_NET,
                        EmulatedDeviceType.VIRTIO_CONSOLE);
        assertThat(config.emulated().get(2).parameters()).containsExactly(0x74L, 0x56L, 0xaaL, 0x0fL, 0x47L, 0xd1L);
        assertThat(config.image().deviceTreeAddress()).isEqualTo(0xa000_0000L);
    }

    @Test
    void theGuidesConfigurationFitsABoardWithAPlic() {
        assertOnlyUnimplementedTypesAreRefused(GUIDE.formatted(PLIC_DEVICE, ""), PLIC);
    }

    @Test
    void theGuidesConfigurationFitsABoardWithInterruptFiles() {
        assertOnlyUnimplementedTypesAreRefused(GUIDE.formatted(APLIC_DEVICE, FILES_OF_THE_GUIDE), AIA);
    }

    @Test
    void aPlicIsNotForABoardWithInterruptFiles() {
        assertThat(problems(GUIDE.formatted(PLIC_DEVICE, ""), AIA))
                .extracting(ConfigProblem::message)
                .contains(
                        "EMU_DEVICE_T_PLIC is not for this board, whose interrupt controller is an APLIC: use EMU_DEVICE_T_APLIC");
    }

    @Test
    void aGoodConfigurationIsAccepted() {
        assertThat(problems(SMALL, PLIC)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // what is replaced | by what | path of the problem | part of the message
                "EMU_DEVICE_T_PLIC|EMU_DEVICE_T_GICD|emulated_device.emulated_device_list[0].type|EMU_DEVICE_T_GICD is not for this board, whose interrupt controller is a PLIC: use EMU_DEVICE_T_PLIC",
                "EMU_DEVICE_T_CONSOLE|EMU_DEVICE_T_PLIC|emulated_device.emulated_device_list|a VM has one interrupt controller, EMU_DEVICE_T_PLIC",
                "\"irq_id\": 12|\"irq_id\": 512|emulated_device.emulated_device_list[1].irq_id|interrupt 512: devices of this board have 1 to 511",
                "\"irq_id\": 12|\"irq_id\": 10|passthrough_device.passthrough_device_list[0].irq_list[0]|interrupt 10 is serial@20000000's already",
                "[10]|[0]|passthrough_device.passthrough_device_list[0].irq_list[0]|interrupt 0: devices of this board have 1 to 511",
                "[10]|[27]|passthrough_device.passthrough_device_list[0].irq_list[0]|interrupt 27 is not one of device uart0, which has [10]",
                "\"base_ipa\": \"0x10000000\"|\"base_ipa\": \"0x20000000000\"|passthrough_device.passthrough_device_list[0]|addresses have 41 bits",
                "\"kernel_load_ipa\": \"0x80200000\"|\"kernel_load_ipa\": \"0x80200001\"|image.kernel_entry_point|0x80200001 is not a multiple of 2",
            })
    void aBadValueIsNamedWithItsPath(String old, String replacement, String path, String message) {
        assertThat(SMALL).contains(old);
        assertThat(problems(SMALL.replace(old, replacement), PLIC)).anySatisfy(problem -> {
            assertThat(problem.path()).isEqualTo(path);
            assertThat(problem.message()).contains(message);
        });
    }

    @Test
    void interruptsNeedAnInterruptControllerInTheVm() {
        String without = SMALL.replaceAll("(?s)\\{ \"name\": \"plic@c000000\".*?EMU_DEVICE_T_PLIC\" },", "");
        assertThat(problems(without, PLIC))
                .extracting(ConfigProblem::message)
                .containsExactlyInAnyOrder(
                        "interrupt 12 needs an interrupt controller in the VM: EMU_DEVICE_T_PLIC",
                        "interrupt 10 needs an interrupt controller in the VM: EMU_DEVICE_T_PLIC");
    }

    @Test
    void aKernelForAnotherArchitectureIsNamed() {
        byte[] arm = new byte[64];
        arm[56] = 'A';
        VmConfigFile file = VmConfigReader.read("vm.json", SMALL.replace("VM_T_BARE_MATEL_APP", "VM_T_LINUX"));
        VmSource source = new VmSource(file, List.of(new VmSetup.Image("kernel", 0x8020_0000L, arm)));
        assertThatThrownBy(() -> VmConfigChecker.check(List.of(source), PLIC, 8))
                .hasMessageContaining("not a Linux image for RISC-V: the magic number 0x05435352 is not at offset 56");
    }
}
