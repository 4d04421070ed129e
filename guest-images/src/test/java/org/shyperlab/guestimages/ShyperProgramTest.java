package org.shyperlab.guestimages;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.guestimages.linux.GuestArchitecture;
import org.shyperlab.guestimages.linux.ShyperProgram;

/** The in-guest program, built for the host, where it shows its hypercalls instead of making them. */
final class ShyperProgramTest {
    private static final Path SOURCES = Path.of("src/main/guests/shyper");

    private static final String VM = """
            {
              "name": "guest-os-1",
              "type": "VM_T_LINUX",
              "cmdline": "earlycon=sbi \\"console\\"",
              "image": {
                "kernel_filename": "Image",
                "kernel_load_ipa": "0x80200000",
                "kernel_entry_point": "0x80200000",
                "device_tree_filename": "",
                "device_tree_load_ipa": "0xa0000000",
                "ramdisk_load_ipa": "0"
              },
              "memory": { "num": 1, "region": [ { "ipa_start": "0x80000000", "length": "0x4000_0000" } ] },
              "cpu": { "num": 1, "allocate_bitmap": "0b1110", "master": 1 },
              "emulated_device": { "num": 1, "emulated_device_list": [
                { "name": "virtio_net@50000000", "base_ipa": "0x50000000", "length": "0x1000", "irq_id": 20,
                  "cfg_num": 6, "cfg_list": ["0x74", "0x56", "0xaa", "0x0f", "0x47", "0xd1"], "type": "EMU_DEVICE_T_VIRTIO_NET" }
              ] },
              "passthrough_device": { "passthrough_device_list": [
                { "name": "serial", "base_pa": "0x9000000", "base_ipa": "0x9001000", "length": "0x1000", "irq_num": 1,
                  "irq_list": [33] }
              ] },
              "dtb_device": { "num": 1, "dtb_device_list": [
                { "name": "serial", "type": "DTB_DEVICE_T_CONSOLE", "irq_num": 1, "irq_list": [33],
                  "addr_region_ipa": "0x9001000", "addr_region_length": "0x1000" }
              ] }
            }
            """;

    @TempDir
    private static Path folder;

    private record Result(int exit, String output, String errors) {}

    @BeforeAll
    static void buildForTheHost() throws Exception {
        assumeTrue(Programs.onPath("gcc"), "gcc is not installed: the shyper program is not tested on the host");
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "the host is no x86-64");
        List<String> command = new ArrayList<>(List.of(
                "gcc",
                "-O2",
                "-g",
                "-ffreestanding",
                "-fno-builtin",
                "-fno-pie",
                "-fno-stack-protector",
                "-std=gnu17",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-static",
                "-nostdlib",
                "-o"));
        command.add(folder.resolve("shyper").toString());
        try (var files = Files.list(SOURCES)) {
            files.filter(file ->
                            file.toString().endsWith(".c") || file.toString().endsWith(".S"))
                    .sorted()
                    .forEach(file -> command.add(file.toString()));
        }
        Process build = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(build.getInputStream().readAllBytes(), UTF_8);
        assertThat(build.waitFor()).as(output).isZero();
    }

    private static Result run(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(folder.resolve("shyper").toString()));
        command.addAll(List.of(words));
        Path errors = folder.resolve("errors");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(errors.toFile())
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), output, Files.readString(errors, ISO_8859_1));
    }

    private static Result configure(String text) throws IOException, InterruptedException {
        Files.write(folder.resolve("Image"), new byte[0x10_0000]);
        Files.writeString(folder.resolve("vm.json"), text);
        return run("vm", "config", "-n", "vm.json");
    }

    @Test
    void aConfigurationBecomesHypercallsPieceByPiece() throws Exception {
        Result result = configure(VM);
        assertThat(result.errors()).isEmpty();
        assertThat(result.exit()).isZero();
        assertThat(result.output().lines())
                .containsExactly(
                        "call 0x1100 0x2080 0x0 0x0 0x0 0x0 0x0 0x0",
                        "  name guest-os-1",
                        "call 0x1102 0x1 0x1 0xe 0x1 0x0 0x0 0x0",
                        "call 0x1103 0x1 0x80000000 0x40000000 0x0 0x0 0x0 0x0",
                        "call 0x1104 0x1 0x2000 0x50000000 0x1000 0x14 0x3000 0x4",
                        "  name virtio_net@50000000",
                        "call 0x1105 0x1 0x9001000 0x9000000 0x1000 0x0 0x0 0x0",
                        "call 0x1106 0x1 0x3000 0x1 0x0 0x0 0x0 0x0",
                        "call 0x1108 0x1 0x2000 0x0 0x3000 0x1 0x9001000 0x1000",
                        "  name serial",
                        "call 0x110d 0x1 0x3000 0x3000 0x0 0x0 0x0 0x0",
                        // The original's client gives the last part the size of the whole file.
                        "call 0x1109 0x1 0x100000 0x10000 0x0 0xf0000 0x0 0x0",
                        "call 0x1109 0x1 0x100000 0x10000 0xf0000 0x10000 0x0 0x0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0b1110|0b1210|14|not a number like 12, \"0xc\" or \"0b1100\": 0b1210",
                "VM_T_LINUX|VM_T_LINUKS|3|no such type: VM_T_LINUKS",
                "\"num\": 1, \"allocate|\"nun\": 1, \"allocate|14|a number is missing: num",
                "\"irq_id\": 20,|\"irq_id\": 20|17|not JSON: a comma or the closing bracket is missing",
                "\"Image\"|\"Immage\"|6|the file cannot be opened: Immage",
                "\"cpu\"|\"cpus\"|1|an object {...} is missing: cpu",
                "\"0xa0000000\"|\"0xa0000000|10|not JSON: a string has no closing quote",
                "virtio_net@50000000|a-name-that-has-thirty-two-bytes|16|a name has at most 31 bytes",
                "\"0x4000_0000\"|\"0x10000000000000000\"|13|not a number",
            })
    void aMistakeIsNamedWithItsLine(String right, String wrong, int line, String message) throws Exception {
        assertThat(VM).contains(right);
        Result result = configure(VM.replace(right, wrong));
        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.errors()).startsWith("vm.json:" + line + ": ").contains(message);
    }

    @Test
    void brokenFilesAreErrorsAndNothingElse() throws Exception {
        Random random = new Random(6);
        for (int i = 0; i < 300; i++) {
            StringBuilder broken = new StringBuilder(VM);
            for (int n = 0; n <= random.nextInt(3); n++) {
                broken.setCharAt(random.nextInt(broken.length()), "{}[],:\"\\0x\n\u00ff".charAt(random.nextInt(12)));
            }
            assertThat(configure(broken.toString()).exit())
                    .as(broken.toString())
                    .isIn(0, 2);
        }
        assertThat(configure("[".repeat(60_000)).errors()).contains("nested too deeply");
        assertThat(configure(" ".repeat(70_000)).errors()).contains("longer than");
        assertThat(configure("").errors()).contains("vm.json:1: not JSON");
    }

    /** The original opens names without the zero at their end. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 9, 15, 16, 17, 31, 32, 33})
    void theFileThatIsOpenedHasTheVeryName(int length) throws Exception {
        String name = "k".repeat(length);
        Files.write(folder.resolve(name), new byte[0x1000]);
        Files.write(folder.resolve(name + "k"), new byte[0x2000]);
        Result result = configure(VM.replace("\"Image\"", "\"" + name + "\""));
        assertThat(result.errors()).isEmpty();
        assertThat(result.output()).contains("call 0x1109 0x1 0x1000 ");
        assertThat(run("vm", "config", "-n", name).errors()).startsWith(name + ":1: not JSON");
    }

    @ParameterizedTest
    @CsvSource({
        "'',2",
        "frob,2",
        "vm frob,2",
        "vm boot,2",
        "vm boot one,2",
        "vm boot 1 -f,2",
        "vm delconfig,2",
        "vm boot 1 --display,2",
        "vm reboot 1 2 -f,2",
        "system daemon -f,2",
        "system daemon a b c,2",
        "system update,2",
        "--help,0"
    })
    void wrongUseTellsHowItIsUsed(String words, int exit) throws Exception {
        Result result = run(words.isEmpty() ? new String[0] : words.split(" "));
        assertThat(result.exit()).isEqualTo(exit);
        assertThat(result.output() + result.errors()).contains("shyper vm config [-n] FILE.json");
    }

    /** Each command line that Rust-Shyper's client takes goes as far as the device, which is not there. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "vm list",
                "vm boot 1",
                "vm boot 1 --display sdl",
                "vm reboot 1",
                "vm reboot -f 1",
                "vm reboot 1 --force",
                "vm remove 1",
                "vm delconfig 1",
                "vm delconfig --force 1",
                "vm getvmid",
                "system reboot",
                "system reboot --force",
                "system shutdown -f",
                "system test",
                "system daemon",
                "system daemon mediated-cfg.json"
            })
    void theOriginalsCommandsAreKnown(String words) throws Exception {
        for (String file : List.of("cli-config.json", "mediated-cfg.json")) {
            Files.writeString(folder.resolve(file), "{\"mediated\": []}");
        }
        Result result = run(words.split(" "));
        assertThat(result.errors()).contains("has no shyper device");
        assertThat(result.exit()).isEqualTo(1);
    }

    /** A misspelt "unilib" would be a daemon without files, and of two lists one would not count. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"unilip\": \"/root\"|d.json:2: unknown key: unilip\\n  known here: mediated unilib\\n",
                "\"\": 1|d.json:2: unknown key: \\n  known here: mediated unilib\\n",
                "\"mediated\": []|d.json:2: the key is there already: mediated\\n  in line 1\\n",
                "\"a\": {\"mediated\": []}, \"b\": 1|d.json:2: unknown key: a\\n  known here: mediated unilib\\n"
                        + "d.json:2: unknown key: b\\n  known here: mediated unilib\\n",
            })
    void aKeyOfTheDaemonsFileThatIsUnknownOrThereTwiceIsRefused(String more, String message) throws Exception {
        Files.writeString(folder.resolve("d.json"), "{\"mediated\": [],\n" + more + "}");
        Result result = run("system", "daemon", "d.json");
        assertThat(result.errors()).isEqualTo(message.replace("\\n", "\n"));
        assertThat(result.exit()).isEqualTo(2);
    }

    @Test
    void whatCannotBeDoneOfTheOriginalsCommandsSaysWhy() throws Exception {
        assertThat(run("vm", "getdefconfig", "1").errors()).contains("no configurations of its own");
        assertThat(run("vm", "boot", "1", "--display", "sdl").errors()).contains("no screen here, only consoles");
    }

    /** As in Rust-Shyper's README and guide: a RAM disk at 0 that is not there, a dash, a controller without an interrupt. */
    @Test
    void whatTheOriginalsExamplesLeaveOutIsNotMissed() throws Exception {
        Result result = configure(VM.replace("\"device_tree_filename\": \"\"", "\"device_tree_filename\": \"-\"")
                .replace("\"ramdisk_load_ipa\"", "\"ramdisk_filename\": \"initrd.gz\", \"ramdisk_load_ipa\"")
                .replace(
                        "\"emulated_device_list\": [",
                        "\"emulated_device_list\": [ { \"name\": \"aplic\", \"base_ipa\": \"0xd000000\", "
                                + "\"length\": \"0x8000\", \"type\": \"EMU_DEVICE_T_APLIC\" },")
                .replace("\"name\": \"serial\", \"base_pa\"", "\"base_pa\""));
        assertThat(result.errors()).isEmpty();
        assertThat(result.output())
                .contains("call 0x1104 0x1 0x2000 0xd000000 0x8000 0x0 0x3000 0xe")
                .contains("call 0x1109 ")
                .doesNotContain("call 0x110b ", "call 0x110c ");
    }

    /** The original's reboots the system. */
    @Test
    void anUpdateOfTheHypervisorIsACallOfItsOwn() throws Exception {
        assertThat(run("system", "update", "nowhere").errors()).contains("the image cannot be read: nowhere");
        Files.write(folder.resolve("Image"), new byte[0x1000]);
        assertThat(run("system", "update", "Image").errors()).contains("has no shyper device");
    }

    @Test
    void aMachineWithoutTheDeviceSaysWhatIsMissing() throws Exception {
        Result result = run("vm", "list");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.errors()).contains("has no shyper device", "EMU_DEVICE_T_SHYPER");
    }

    @Test
    void theCommittedProgramsAreSmallAndForTheirArchitectures() {
        assertThat(ShyperProgram.load(GuestArchitecture.ARM64))
                .hasSizeLessThan(0x1_0000)
                .startsWith(0x7f, 'E', 'L', 'F');
        assertThat(ShyperProgram.load(GuestArchitecture.ARM64)[18]).isEqualTo((byte) 183);
        assertThat(ShyperProgram.load(GuestArchitecture.RISCV64))
                .hasSizeLessThan(0x1_0000)
                .startsWith(0x7f, 'E', 'L', 'F');
        assertThat(ShyperProgram.load(GuestArchitecture.RISCV64)[18]).isEqualTo((byte) 243);
    }
}
