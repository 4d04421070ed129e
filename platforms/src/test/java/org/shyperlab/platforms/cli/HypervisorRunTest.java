package org.shyperlab.platforms.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.guestimages.linux.LinuxGuest;
import org.shyperlab.platforms.run.LinuxGuests;

class HypervisorRunTest {
    @TempDir
    private Path directory;

    @BeforeAll
    static void theGuestsAreThere() {
        LinuxGuests.fetch();
    }

    @ParameterizedTest
    @CsvSource({
        "qemu-aarch64, hello, smc",
        "qemu-aarch64, timer, smc",
        "qemu-aarch64, ipi, smc",
        "qemu-aarch64, smp, smc",
        "qemu-riscv64, hello, ecall",
        "qemu-riscv64, traps, ecall",
        "qemu-riscv64, timer, ecall",
        "qemu-riscv64, ipi, ecall",
        "qemu-riscv64, smp, ecall",
        "qemu-riscv64-aia, hello, ecall",
        "qemu-riscv64-aia, traps, ecall",
        "qemu-riscv64-aia, timer, ecall",
        "qemu-riscv64-aia, ipi, ecall",
        "qemu-riscv64-aia, smp, ecall",
    })
    void everyBareMetalScenarioPassesUnderTheHypervisor(String board, String guest, String trap) {
        Shyper shyper = Shyper.run("run", board + "-" + guest);
        assertThat(shyper.console()).contains(guest + ": PASS\r\n").doesNotContain("WRONG");
        assertThat(shyper.exitCode()).isZero();
        assertThat(shyper.err())
                .contains("(hypervisor, ")
                .contains("powered off")
                .contains(trap);
    }

    @ParameterizedTest
    @ValueSource(strings = {"qemu-aarch64-linux", "qemu-aarch64-two-vms"})
    void linuxThatNobodyCanTypeToPowersOffWhenItIsUp(String scenario) {
        Shyper shyper = Shyper.run("run", scenario);
        assertThat(shyper.console()).contains(LinuxGuest.BANNER, LinuxGuest.EXIT_LINE + "0");
        assertThat(shyper.err())
                .contains("nobody can type here, so Linux powers off", "powered off", " 0 guest errors");
        assertThat(shyper.exitCode()).isZero();
    }

    @Test
    void underALimitLinuxDoesItsPartOfAWalkthroughAndWithoutOneWaitsAtItsShell() throws IOException {
        Path scenario = scenario("qemu-aarch64", 1, "shipped:vm0-linux");
        Shyper waits = Shyper.run("run", scenario.toString(), "--limit", "3s");
        assertThat(waits.console()).contains(LinuxGuest.BANNER).doesNotContain(LinuxGuest.EXIT_LINE);
        assertThat(waits.err())
                .contains("the limit of virtual time was reached")
                .doesNotContain("nobody can type");
        assertThat(waits.exitCode()).isEqualTo(3);

        Files.writeString(
                scenario,
                Files.readString(scenario)
                        + "walkthrough: [ { vm: linux, run: \"echo $((6 * 7)) steps\", expect: [\"42 steps\"] } ]\n");
        Shyper walks = Shyper.run("run", scenario.toString(), "--limit", "30s");
        assertThat(walks.err()).contains("walk-through held:    linux printed \"42 steps\"");
        assertThat(walks.exitCode()).isZero();
    }

    /** As in Rust-Shyper's guide: the VM believes it has harts 0 to 2, whose interrupt files are guest files of harts 1 to 3. */
    private static final String LINUX_ON_THREE_HARTS = """
            {
              "name": "linux",
              "type": "VM_T_LINUX",
              "cmdline": "console=ttyS0 panic=-1",
              "image": {
                "kernel_filename": "shipped:linux", "kernel_load_ipa": "0x80200000",
                "device_tree_load_ipa": "0xa0000000",
                "ramdisk_filename": "shipped:linux", "ramdisk_load_ipa": "0xa1000000"
              },
              "memory": { "region": [ { "ipa_start": "0x80000000", "length": "0x40000000" } ] },
              "cpu": { "num": 3, "allocate_bitmap": "0b1110", "master": 1 },
              "emulated_device": { "emulated_device_list": [
                { "name": "aplic@d000000", "base_ipa": "0xd000000", "length": "0x8000", "irq_id": 0,
                  "type": "EMU_DEVICE_T_APLIC" },
                { "name": "serial@10000000", "base_ipa": "0x10000000", "length": "0x1000", "irq_id": 10,
                  "type": "EMU_DEVICE_T_CONSOLE" }
              ] },
              "passthrough_device": { "passthrough_device_list": [
                { "name": "imsic 0", "base_pa": "0x28006000", "base_ipa": "0x28000000", "length": "0x1000" },
                { "name": "imsic 1", "base_pa": "0x2800a000", "base_ipa": "0x28004000", "length": "0x1000" },
                { "name": "imsic 2", "base_pa": "0x2800e000", "base_ipa": "0x28008000", "length": "0x1000" }
              ] }
            }
            """;

    @Test
    void aVmOnThreeHartsHasTheInterruptFilesThatItsConfigurationMaps() throws IOException {
        Files.writeString(directory.resolve("vm1.json"), LINUX_ON_THREE_HARTS);
        Path stats = directory.resolve("stats.json");
        Path scenario = scenario("qemu-riscv64-aia", 4, "shipped:vm0-riscv64-aia-timer", "vm1.json");
        Shyper shyper = Shyper.run("run", scenario.toString(), "--stats", stats.toString());
        assertThat(shyper.console())
                .contains("timer: PASS", "smp: Brought up 1 node, 3 CPUs", "[linux] " + LinuxGuest.BANNER);
        assertThat(shyper.err()).contains("powered off", " 0 guest errors");
        assertThat(shyper.exitCode()).isZero();
        assertThat(Files.readString(stats)).contains("\"physical\" : 0,");
    }

    @Test
    void theGuidesWildGuestIsStoppedWithAReportAndTheOtherRunsOn() {
        Shyper shyper =
                Shyper.run("run", Path.of("..", "docs", "examples", "wild.yaml").toString());
        assertThat(shyper.console()).contains("timer: PASS");
        assertThat(shyper.err())
                .contains(
                        "VM 1 (wild) was stopped: data access to an address where the VM has neither memory nor a device.",
                        "PC 0x40080050, at \"f9000464  str x4, [x3, #8]\"",
                        "store of 8 bytes from x4",
                        "stage 2 L2  IPA 0x60000008",
                        "cycle 2  PC 0x40080044  SMC #0",
                        "shyper: a guest failed");
        assertThat(shyper.exitCode()).isEqualTo(1);
    }

    @Test
    void aTextThatLinuxNeverPrintsEndsTheRunToo() {
        Shyper shyper = Shyper.run("run", "qemu-aarch64-linux", "--native", "--until", "goodbye");
        assertThat(shyper.err()).contains("powered off before \"goodbye\" was printed");
        assertThat(shyper.exitCode()).isEqualTo(1);
    }

    @Test
    void theDemoRunsOnRiscvToo() {
        Shyper shyper = Shyper.run("demo", "--arch", "riscv64");
        assertThat(shyper.console()).contains(LinuxGuest.BANNER, "riscv64 GNU/Linux", LinuxGuest.EXIT_LINE + "0");
        assertThat(shyper.out())
                .contains("qemu-riscv64-linux on qemu-riscv64 (hypervisor, 1 core): powered off", "ecall");
        assertThat(shyper.exitCode()).isZero();
    }

    @Test
    void twoRunsAreTheSameInEverythingButHostTime() throws IOException {
        List<String> stats = new ArrayList<>();
        for (String name : List.of("a.json", "b.json")) {
            Path file = directory.resolve(name);
            Shyper.run("run", "qemu-aarch64-ipi", "--stats", file.toString());
            stats.add(Files.readString(file).replaceAll("\"hostCpuSeconds\" : [^,]*", ""));
        }
        assertThat(stats.get(0)).isEqualTo(stats.get(1)).contains("\"irq\" : 1");
    }

    @Test
    void aSecondVmHasItsOwnConsoleHashAndItsLinesAreTagged() throws IOException {
        Path stats = directory.resolve("stats.json");
        Shyper shyper = Shyper.run("run", twoVms(2, "shipped:vm1-hello").toString(), "--stats", stats.toString());
        assertThat(shyper.console()).contains("timer: PASS\r\n", "[hello] hello: PASS\r\n");
        assertThat(shyper.exitCode()).isZero();
        assertThat(Files.readString(stats))
                .containsPattern("(?s)\"consoleSha256\" : \\{\\s+\"0\" : \"\\w{64}\",\\s+\"1\" : \"\\w{64}\"");
    }

    @Test
    void theFirstVmRunsAsIfTheOtherWereNotThereWhenEachHasItsCore() throws IOException {
        Path alone = directory.resolve("alone.json");
        Path beside = directory.resolve("beside.json");
        Shyper.run("run", "qemu-aarch64-timer", "--stats", alone.toString());
        Shyper.run("run", twoVms(2, "shipped:vm1-hello").toString(), "--stats", beside.toString());
        String hash = "(?s).*\"traceSha256\" : \\{\\s+\"0\" : \"(\\w{64})\".*";
        assertThat(Files.readString(beside).replaceAll(hash, "$1"))
                .isEqualTo(Files.readString(alone).replaceAll(hash, "$1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"master\": 0      | \"master\": 5           | vm.json:\\d+: cpu.master: core 5 is not among the VM's cores",
                "\"0b1\"            | \"0b100\"               | vm.json:\\d+: cpu.allocate_bitmap: core 2 is not on the board",
                "\"cmdline\"        | \"commandline\"         | vm.json:\\d+: .*commandline",
                "\"0x4000000\"      | \"0x4000001\"           | vm.json:\\d+: memory.region\\[0\\]: .* multiples of 4 KiB",
                "\"0x4000000\"      | \"0x400000000000\"      | The VMs and the hypervisor need .* board qemu-aarch64 can have 255 GiB",
                "\"0x9000000\"      | \"0x8000000\"           | vm.json:\\d+: .* overlaps",
                "\"0x40080000\"     | \"0x30080000\"          | vm.json:\\d+: image.kernel_load_ipa: 0x30080000 is not in the VM's RAM",
                "shipped:timer      | shipped:teapot          | vm.json:\\d+: image.kernel_filename: There is no shipped guest \"teapot\"",
                "shipped:timer      | teapot.bin              | vm.json:\\d+: image.kernel_filename: The kernel .*/teapot.bin cannot be read: there is no such file.",
                "EMU_DEVICE_T_GICD  | EMU_DEVICE_T_TOASTER    | vm.json:\\d+: .*EMU_DEVICE_T_TOASTER",
                "{                  | [                       | vm.json:\\d+: ",
            })
    void aWrongVmConfigurationIsNamedWithItsLine(String part, String by, String message) throws IOException {
        String json = resource("scenarios/vm0-timer.json");
        assertThat(json).contains(part);
        Files.writeString(directory.resolve("vm.json"), json.replace(part, by));
        Shyper shyper = Shyper.run("run", scenario(1, "vm.json").toString());
        assertThat(shyper.err()).containsPattern(message).startsWith("shyper: ").doesNotContain("\tat ");
        assertThat(shyper.exitCode()).isEqualTo(2);
    }

    @Test
    void twoVmsCannotOwnOneDevice() throws IOException {
        Shyper shyper = Shyper.run("run", twoVms(2, "shipped:vm0-hello").toString());
        assertThat(shyper.exitCode()).isEqualTo(2);
        assertThat(shyper.err()).contains("belongs to VM timer already");
    }

    @Test
    void coresOfSeveralVmsAreTheirConfigurationsBusiness() throws IOException {
        Shyper shyper = Shyper.run("run", twoVms(2, "shipped:vm1-hello").toString(), "--cores", "4");
        assertThat(shyper.exitCode()).isEqualTo(2);
        assertThat(shyper.err()).contains("--cores: scenario mine has 2 VMs");
    }

    @ParameterizedTest
    @ValueSource(strings = {"qemu-aarch64-smp", "qemu-riscv64-smp"})
    void coresAndMemoryOfASingleVmCanBeChanged(String scenario) {
        Shyper shyper = Shyper.run("run", scenario, "--cores", "2", "--memory", "32M");
        assertThat(shyper.console()).contains("smp: 2 cores", "smp: PASS");
        assertThat(shyper.err()).contains("(hypervisor, 2 cores)");
    }

    private Path twoVms(int cores, String second) throws IOException {
        return scenario(cores, "shipped:vm0-timer", second);
    }

    private Path scenario(int cores, String... vms) throws IOException {
        return scenario("qemu-aarch64", cores, vms);
    }

    private Path scenario(String board, int cores, String... vms) throws IOException {
        return Files.writeString(directory.resolve("mine.yaml"), """
                scenario: mine
                description: my own
                board: %s
                cores: %d
                memory: 64M
                guest:
                  kernel: shipped:timer
                vms: [%s]
                """.formatted(board, cores, String.join(", ", vms)));
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Main.class.getResourceAsStream("/org/shyperlab/platforms/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
