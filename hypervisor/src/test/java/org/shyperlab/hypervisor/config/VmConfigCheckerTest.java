package org.shyperlab.hypervisor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.memory.MemoryRegion;

class VmConfigCheckerTest {
    private static final PlatformDescription BOARD = new PlatformDescription(
            4,
            new PlatformDescription.Gic(0x800_0000, 0x801_0000, 0x803_0000, 0x804_0000, 288),
            new MemoryRegion(0x4000_0000, 0x800_0000),
            List.of(new MemoryRegion(0x5000_0000, 0x1_0000_0000L)),
            List.of(
                    new PlatformDescription.DeviceWindow("uart0", new MemoryRegion(0x900_0000, 0x1000), List.of(33)),
                    new PlatformDescription.DeviceWindow("rtc", new MemoryRegion(0x901_0000, 0x1000), List.of(34)),
                    new PlatformDescription.DeviceWindow("gicv", new MemoryRegion(0x804_0000, 0x2000), List.of()),
                    new PlatformDescription.DeviceWindow("gicc", new MemoryRegion(0x801_0000, 0x2000), List.of())),
            62_500_000L);

    /** A good configuration, one member per line so that a test can replace a line. */
    private static final String GOOD = """
            {
              "name": "guest",
              "type": "VM_T_LINUX",
              "cmdline": "console=ttyAMA0",
              "image": {
                "kernel_filename": "Image",
                "kernel_load_ipa": "0x80080000",
                "device_tree_load_ipa": "0x80000000",
                "ramdisk_load_ipa": "0"
              },
              "memory": { "num": 1, "region": [
                { "ipa_start": "0x80000000", "length": "0x40000000" }
              ] },
              "cpu": {
                "num": 2,
                "allocate_bitmap": "0b1100",
                "master": 2
              },
              "emulated_device": { "num": 1, "emulated_device_list": [
                { "name": "intc@8000000", "base_ipa": "0x8000000", "length": "0x1000", "irq_id": 0, "cfg_num": 0,
                  "cfg_list": [],
                  "type": "EMU_DEVICE_T_GICD" }
              ] },
              "passthrough_device": { "passthrough_device_list": [
                { "name": "gicv", "base_pa": "0x8040000", "base_ipa": "0x8010000", "length": "0x2000", "irq_num": 1,
                  "irq_list": [27] },
                { "name": "serial", "base_pa": "0x9000000", "base_ipa": "0x9000000", "length": "0x1000", "irq_num": 1,
                  "irq_list": [33] }
              ] },
              "dtb_device": { "num": 1, "dtb_device_list": [
                { "name": "gicd", "type": "DTB_DEVICE_T_GICD", "irq_num": 0, "irq_list": [],
                  "addr_region_ipa": "0x8000000", "addr_region_length": "0x1000" }
              ] }
            }
            """;

    private static List<ConfigProblem> problems(String... files) {
        List<VmSource> sources = new ArrayList<>();
        for (int i = 0; i < files.length; i++) {
            sources.add(new VmSource(VmConfigReader.read("vm" + i + ".json", files[i]), List.of()));
        }
        return problems(sources);
    }

    private static List<ConfigProblem> problems(List<VmSource> sources) {
        try {
            VmConfigChecker.check(sources, BOARD, 8);
            return List.of();
        } catch (ConfigException e) {
            return e.problems();
        }
    }

    private static String with(String old, String replacement) {
        assertThat(GOOD).as("the line to replace is in the good configuration").contains(old);
        return GOOD.replace(old, replacement);
    }

    @Test
    void aGoodConfigurationIsReadWhole() throws ConfigException {
        List<VmSetup> setups =
                VmConfigChecker.check(List.of(new VmSource(VmConfigReader.read("vm.json", GOOD), List.of())), BOARD, 8);
        VmConfig config = setups.get(0).config();
        assertThat(config.name()).isEqualTo("guest");
        assertThat(config.type()).isEqualTo(VmType.VM_T_LINUX);
        assertThat(config.commandLine()).isEqualTo("console=ttyAMA0");
        assertThat(config.image())
                .isEqualTo(new VmConfig.Image("Image", 0x8008_0000L, 0x8008_0000L, null, 0x8000_0000L, null, 0));
        assertThat(config.memory()).containsExactly(new MemoryRegion(0x8000_0000L, 0x4000_0000));
        assertThat(config.cpu().cores()).containsExactly(2, 3);
        assertThat(config.emulated()).singleElement().satisfies(device -> {
            assertThat(device.type()).isEqualTo(EmulatedDeviceType.GICD);
            assertThat(device.region()).isEqualTo(new MemoryRegion(0x800_0000, 0x1000));
        });
        assertThat(config.passthrough())
                .extracting(VmConfig.Passthrough::interrupts)
                .containsExactly(List.of(27), List.of(33));
        assertThat(config.deviceTree())
                .singleElement()
                .satisfies(node -> assertThat(node.type()).isEqualTo(DeviceTreeType.GICD));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // what is replaced | by what | path of the problem | part of the message
                "\"cmdline\"|\"cmd_line\"|cmd_line|unknown key",
                "\"kernel_filename\": \"Image\",||image|the key kernel_filename is missing",
                "\"name\": \"guest\"|\"name\": 5|name|must be a string",
                "\"name\": \"guest\"|\"name\": \"\"|name|1 to 31 bytes",
                "\"name\": \"guest\"|\"name\": \"abcdefghijklmnopqrstuvwxyz012345\"|name|1 to 31 bytes",
                "\"name\": \"guest\"|\"name\": \"a\\u001b[31m\"|name|no control characters",
                "\"name\": \"guest\"|\"name\": \"7\"|name|7 is a number",
                "VM_T_LINUX|VM_T_WINDOWS|type|'VM_T_WINDOWS' is not a known type",
                "EMU_DEVICE_T_GICD|EMU_DEVICE_T_GICX|emulated_device.emulated_device_list[0].type|is not a known type",
                "EMU_DEVICE_T_GICD|EMU_DEVICE_T_VIRTIO_BLK|emulated_device.emulated_device_list[0].irq_id|a virtio device needs an interrupt",
                "EMU_DEVICE_T_GICD|EMU_DEVICE_T_VIRTIO_NET|emulated_device.emulated_device_list[0].cfg_list|the six bytes of its Ethernet address",
                "EMU_DEVICE_T_GICD|EMU_DEVICE_T_VIRTIO_CONSOLE|emulated_device.emulated_device_list[0].cfg_list|a console has the id of its peer VM",
                "EMU_DEVICE_T_GICD|EMU_DEVICE_T_SRE|emulated_device.emulated_device_list[0].type|SRE is not implemented yet",
                "DTB_DEVICE_T_GICD|DTB_DEVICE_T_X|dtb_device.dtb_device_list[0].type|is not a known type",
                "\"0x40000000\"|\"0x4000000g\"|memory.region[0].length|is not a number",
                "\"0x40000000\"|\"0\"|memory.region[0]|is not a range",
                "\"0x40000000\"|\"0x40000001\"|memory.region[0]|multiples of 4 KiB",
                "\"0x40000000\"|\"0x200000000\"|memory.region[0]|no 0x200000000 bytes of RAM in one piece",
                "\"num\": 2|\"num\": 3|cpu.num|no more than cores in its bitmap",
                "\"num\": 2|\"num\": 0|cpu.num|0 vCPUs",
                "0b1100|0b10100|cpu.allocate_bitmap|core 4 is not on the board",
                "0b1100|0b0|cpu.allocate_bitmap|no core",
                "\"master\": 2|\"master\": 1|cpu.master|not among the VM's cores",
                "\"master\": 2|\"master\": 99|cpu.master|not among the VM's cores",
                "\"master\": 2|\"master\": -1|cpu.master|must be a number that is not negative",
                "\"kernel_load_ipa\": \"0x80080000\"|\"kernel_load_ipa\": \"0x70080000\"|image.kernel_load_ipa|not in the VM's RAM",
                "\"ramdisk_load_ipa\": \"0\"|\"kernel_entry_point\": \"0x80080002\"|image.kernel_entry_point|multiple of 4",
                "\"device_tree_load_ipa\": \"0x80000000\"|\"device_tree_load_ipa\": \"0x80000004\"|image.device_tree_load_ipa|multiple of 8",
                "\"base_ipa\": \"0x8010000\"|\"base_ipa\": \"0x80000000\"|passthrough_device.passthrough_device_list[0]|overlaps RAM",
                "\"base_ipa\": \"0x8010000\"|\"base_ipa\": \"0x8000000\"|passthrough_device.passthrough_device_list[0]|overlaps device intc@8000000",
                "\"base_pa\": \"0x9000000\"|\"base_pa\": \"0xa000000\"|passthrough_device.passthrough_device_list[1].base_pa|not inside a device",
                "\"base_pa\": \"0x9000000\"|\"base_pa\": \"0x9000800\"|passthrough_device.passthrough_device_list[1]|multiples of 4 KiB",
                "\"base_pa\": \"0x9000000\"|\"base_pa\": \"0x7ffffffffffff000\"|passthrough_device.passthrough_device_list[1].base_pa|not a range of addresses",
                "\"base_pa\": \"0x8040000\"|\"base_pa\": \"0x8010000\"|passthrough_device.passthrough_device_list[0].base_pa|only for VMs with EMU_DEVICE_T_GPPT",
                "\"base_pa\": \"0x8040000\", \"base_ipa\": \"0x8010000\", \"length\": \"0x2000\"|\"base_pa\": \"0x8011000\", \"base_ipa\": \"0x8010000\", \"length\": \"0x1000\"|passthrough_device.passthrough_device_list[0].base_pa|only for VMs with EMU_DEVICE_T_GPPT",
                "\"base_pa\": \"0x8040000\"|\"base_pa\": \"0x8000000\"|passthrough_device.passthrough_device_list[0].base_pa|not inside a device",
                "[33]|[34]|passthrough_device.passthrough_device_list[1].irq_list[0]|not one of device uart0",
                "[33]|[1]|passthrough_device.passthrough_device_list[1].irq_list[0]|private to a core",
                "[33]|[26]|passthrough_device.passthrough_device_list[1].irq_list[0]|private to a core",
                "[33]|[999]|passthrough_device.passthrough_device_list[1].irq_list[0]|devices of this board have 32 to 287",
                "[27]|[33]|passthrough_device.passthrough_device_list[1].irq_list[0]|is gicv's already",
                "[33]|[33, 33]|passthrough_device.passthrough_device_list[1].irq_num|says 1, but the list has 2",
                "\"region\": [|\"colors\": \"0-13\", \"region\": [|memory.colors|not implemented",
                "\"irq_list\": [33]|\"smmu_id\": [4], \"irq_list\": [33]|passthrough_device.passthrough_device_list[1].smmu_id|not implemented",
            })
    void aBadValueIsNamedWithItsPath(String old, String replacement, String path, String message) {
        List<ConfigProblem> problems = problems(with(old, replacement == null ? "" : replacement));
        assertThat(problems).anySatisfy(problem -> {
            assertThat(problem.path()).isEqualTo(path);
            assertThat(problem.message()).contains(message);
            assertThat(problem.line()).isPositive();
        });
    }

    /** As in Rust-Shyper's README: a RAM disk that is not there, at 0, and a dash for the device tree. */
    @Test
    void aRamDiskAtZeroAndADashForAFileMeanThatThereIsNone() {
        String json = with(
                "\"ramdisk_load_ipa\": \"0\"",
                "\"device_tree_filename\": \"-\", \"ramdisk_filename\": \"initrd.gz\", \"ramdisk_load_ipa\": \"0\"");
        VmConfig config = VmConfigReader.read("vm.json", json).config();
        assertThat(config).isNotNull();
        assertThat(config.image().ramdiskFile()).isNull();
        assertThat(config.image().deviceTreeFile()).isNull();
        assertThat(problems(json)).isEmpty();
        assertThat(problems(json.replace(", \"ramdisk_load_ipa\": \"0\"", "")))
                .as("its address is forgotten")
                .singleElement()
                .asString()
                .contains("image.ramdisk_load_ipa: 0x0 is not in the VM's RAM");
    }

    @Test
    void aProblemHasTheLineOfItsValue() {
        assertThat(problems(with("0b1100", "0b10000")))
                .first()
                .hasToString("vm0.json:16: cpu.allocate_bitmap: core 4 is not on the board, which has cores 0 to 3");
    }

    @Test
    void allProblemsOfAllFilesComeAtOnce() {
        List<ConfigProblem> problems = problems(
                with("VM_T_LINUX", "VM_T_X").replace("\"cmdline\"", "\"cmd\""),
                with("0b1100", "0").replace("\"0x80080000\"", "\"0x80\""));
        assertThat(problems)
                .extracting(ConfigProblem::file, ConfigProblem::path)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("vm0.json", "type"),
                        org.assertj.core.groups.Tuple.tuple("vm0.json", "cmd"),
                        org.assertj.core.groups.Tuple.tuple("vm1.json", "cpu.allocate_bitmap"),
                        org.assertj.core.groups.Tuple.tuple("vm1.json", "image.kernel_load_ipa"),
                        org.assertj.core.groups.Tuple.tuple("vm1.json", "image.kernel_entry_point"));
    }

    @Test
    void aKeyThatIsThereTwiceIsReportedWithItsLine() {
        assertThat(problems("{\n\"name\": \"a\",\n\"name\": \"b\" }"))
                .singleElement()
                .asString()
                .startsWith("vm0.json:3: not JSON: Duplicate");
    }

    @Test
    void aListInsteadOfAnObjectIsReported() {
        assertThat(problems("[]")).singleElement().hasToString("vm0.json:1: must be an object {...}");
    }

    @Test
    void textAfterTheEndIsReported() {
        assertThat(problems(GOOD + "\n{}")).singleElement().asString().contains("more after the end");
    }

    @Test
    void aTruncatedFileIsReportedWithItsLine() {
        assertThat(problems(GOOD.substring(0, GOOD.indexOf("\"memory\""))))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.message()).startsWith("not JSON");
                    assertThat(problem.line()).isEqualTo(11);
                });
    }

    @Test
    void twoVmsMayShareTheVirtualCpuInterfaceButNoDeviceAndNoInterrupt() {
        String second = with("\"guest\"", "\"second\"");
        assertThat(problems(GOOD, second))
                .extracting(ConfigProblem::toString)
                .satisfiesExactly(
                        first -> assertThat(first)
                                .contains("vm1.json:27", "0x9000000..0x9001000 belongs to VM guest already"),
                        next -> assertThat(next).contains("vm1.json:28", "interrupt 33 belongs to VM guest already"));
    }

    @Test
    void twoVmsMayNotHaveTheSameName() {
        assertThat(problems(GOOD, GOOD))
                .extracting(ConfigProblem::message)
                .anyMatch(message -> message.contains("is called guest too"));
    }

    @Test
    void aVmWithPartialPassthroughNeedsCoresOfItsOwn() {
        String real = with("EMU_DEVICE_T_GICD", "EMU_DEVICE_T_GPPT")
                .replace("\"base_pa\": \"0x8040000\"", "\"base_pa\": \"0x8010000\"");
        String other = with("\"guest\"", "\"second\"")
                .replace("\"0x9000000\"", "\"0x9010000\"")
                .replace("[33]", "[34]");
        assertThat(problems(real, other))
                .extracting(ConfigProblem::toString)
                .singleElement()
                .asString()
                .contains("vm0.json:16", "needs cores of its own; VM second uses 0b1100 too");
        assertThat(problems(real, other.replace("0b1100", "0b0011").replace("\"master\": 2", "\"master\": 0")))
                .isEmpty();
    }

    @Test
    void fewerVcpusThanCoresKeepTheLowestCoresAsRustShyperDoes() throws ConfigException {
        String text = with("\"num\": 2", "\"num\": 2").replace("0b1100", "0b1110");
        VmConfig.Cpu cpu = VmConfigChecker.check(
                        List.of(new VmSource(VmConfigReader.read("a", text), List.of())), BOARD, 8)
                .get(0)
                .config()
                .cpu();
        assertThat(cpu).isEqualTo(new VmConfig.Cpu(2, 0b0110, 2));
        assertThat(cpu.cores()).containsExactly(2, 1);
    }

    private static byte[] kernel(int fileSize, long memorySize) {
        byte[] bytes = new byte[fileSize];
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (fileSize >= 64) {
            buffer.putLong(16, memorySize);
            buffer.putInt(56, 0x644d_5241);
        }
        return bytes;
    }

    private static byte[] tree(int fileSize, int saysSize) {
        return ByteBuffer.allocate(fileSize)
                .putInt(0, 0xd00d_feed)
                .putInt(4, saysSize)
                .array();
    }

    private static List<String> imageProblems(VmSetup.Image... images) {
        return problems(List.of(new VmSource(VmConfigReader.read("vm.json", GOOD), List.of(images)))).stream()
                .map(ConfigProblem::message)
                .toList();
    }

    @Test
    void imagesThatFitAreAccepted() {
        assertThat(imageProblems(
                        new VmSetup.Image("kernel", 0x8008_0000L, kernel(0x1000, 0x20_0000)),
                        new VmSetup.Image("device tree", 0x8000_0000L, tree(0x800, 0x800))))
                .isEmpty();
    }

    @Test
    void aKernelThatIsTruncatedIsReported() {
        assertThat(imageProblems(new VmSetup.Image("kernel", 0x8008_0000L, kernel(20, 0))))
                .singleElement()
                .asString()
                .contains("20 bytes: truncated");
    }

    @Test
    void aFileThatIsNoKernelIsReported() {
        assertThat(imageProblems(new VmSetup.Image("kernel", 0x8008_0000L, new byte[100])))
                .singleElement()
                .asString()
                .contains("not a Linux image for arm64");
    }

    @Test
    void aKernelWhoseUninitialisedDataDoesNotFitIsReported() {
        assertThat(imageProblems(new VmSetup.Image("kernel", 0x8008_0000L, kernel(0x1000, 0x4000_0000))))
                .singleElement()
                .asString()
                .contains("not inside one region");
    }

    @Test
    void imagesOnTopOfEachOtherAreReported() {
        assertThat(imageProblems(
                        new VmSetup.Image("kernel", 0x8008_0000L, kernel(0x1000, 0x20_0000)),
                        new VmSetup.Image("ramdisk", 0x8018_0000L, new byte[5])))
                .singleElement()
                .asString()
                .contains("the ramdisk at 0x80180000..0x80180005 overlaps the kernel");
    }

    @Test
    void emptyAndTruncatedAndForeignTreesAreReported() {
        assertThat(imageProblems(new VmSetup.Image("device tree", 0x8000_0000L, new byte[0])))
                .containsExactly("the device tree is empty");
        assertThat(imageProblems(new VmSetup.Image("device tree", 0x8000_0000L, tree(100, 200))))
                .singleElement()
                .asString()
                .contains("truncated: it says it has 200 bytes, there are 100");
        assertThat(imageProblems(new VmSetup.Image("device tree", 0x8000_0000L, new byte[100])))
                .singleElement()
                .asString()
                .contains("not a flattened device tree");
    }

    @Test
    void theExceptionsMessageHasALineForEveryProblem() {
        VmSource source = new VmSource(
                VmConfigReader.read("a.json", with("0b1100", "0").replace("\"0x80080000\"", "\"1\"")), List.of());
        assertThatThrownBy(() -> VmConfigChecker.check(List.of(source), BOARD, 8))
                .isInstanceOf(ConfigException.class)
                .satisfies(
                        e -> assertThat(String.valueOf(e.getMessage()).lines()).hasSize(4));
    }

    @Test
    void aByteOrderMarkBeforeAFileIsNothing() {
        assertThat(problems("\uFEFF" + GOOD)).isEmpty();
    }

    @Test
    void deepNestingIsRefusedInItsLine() {
        assertThat(problems("\n" + "[".repeat(100_000)))
                .singleElement()
                .hasToString("vm0.json:2: nested deeper than 32 levels");
    }

    /** Pieces of good configurations in other places, extreme numbers and plain damage are problems, or good again, and nothing else. */
    @Test
    void anyDamageOfAFileIsToldInItsLines() {
        Random random = new Random(4);
        List<String> pieces = new ArrayList<>(List.of(
                "",
                "0",
                "-1",
                "1e300",
                "null",
                "true",
                "[]",
                "{}",
                "\"\"",
                "\"0x7fffffffffffffff\"",
                "\"0xffffffffffffffff\"",
                "9223372036854775807",
                "2147483648",
                "\"0b\"",
                "\"0x\"",
                "\"\\u0000\"",
                ",",
                "}",
                "[",
                "\0",
                "\uFFFF",
                "4294967295"));
        Matcher tokens = Pattern.compile("\"[^\"]*\"|[0-9]+|[^\\s]").matcher(GOOD);
        List<int[]> places = new ArrayList<>();
        while (tokens.find()) {
            places.add(new int[] {tokens.start(), tokens.end()});
            pieces.add(tokens.group());
        }
        int good = 0;
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder(GOOD);
            for (int changes = random.nextInt(3); changes >= 0; changes--) {
                int[] place = places.get(random.nextInt(places.size()));
                if (place[1] <= text.length()) {
                    text.replace(place[0], place[1], pieces.get(random.nextInt(pieces.size())));
                }
            }
            List<ConfigProblem> problems = problems(text.toString());
            long lines = text.chars().filter(letter -> letter == '\n').count() + 1;
            assertThat(problems).as(text.toString()).allSatisfy(problem -> {
                assertThat(problem.message()).isNotBlank();
                assertThat((long) problem.line()).isBetween(1L, lines);
            });
            good += problems.isEmpty() ? 1 : 0;
        }
        assertThat(good).as("some changes do no harm").isBetween(1, 10_000);
    }

    @Test
    void noVmAtAllIsReported() {
        assertThat(problems()).singleElement().asString().contains("there are 1 to 8 VMs, not 0");
    }
}
