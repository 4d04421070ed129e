package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shyperlab.emulator.devicetree.DeviceTree;
import org.shyperlab.emulator.devicetree.FdtNode;
import org.shyperlab.emulator.devicetree.FdtWriter;
import org.shyperlab.guestimages.BareMetalGuests;
import org.shyperlab.guestimages.linux.LinuxGuest;
import org.shyperlab.platforms.scenario.Scenario;
import org.shyperlab.platforms.scenario.ScenarioCatalog;

/** Debian as the management VM: its shell configures, starts and serves other VMs with the shyper program. */
class ManagementVmTest {

    /** What the two architectures' VMs differ in. */
    private enum Ground {
        AARCH64("qemu-aarch64", "vm0-linux.json", 0xb000000L, 90, 0xa004000L, 80, """
                { "name": "%NAME%", "type": "%TYPE%", "cmdline": "console=ttyAMA0 panic=-1",
                  "image": { "kernel_filename": "kernel", "kernel_load_ipa": "0x40200000",
                             "device_tree_load_ipa": "0x40000000", %RAMDISK% },
                  "memory": { "num": 1, "region": [ { "ipa_start": "0x40000000", "length": "0xa000000" } ] },
                  "cpu": { "num": 1, "allocate_bitmap": "0b10", "master": 1 },
                  "emulated_device": { "emulated_device_list": [
                    { "name": "intc@8000000", "base_ipa": "0x8000000", "length": "0x1000", "irq_id": 0,
                      "type": "EMU_DEVICE_T_GICD" },
                    { "name": "pl011@9000000", "base_ipa": "0x9000000", "length": "0x1000", "irq_id": 33,
                      "type": "EMU_DEVICE_T_CONSOLE" } ] },
                  "passthrough_device": { "passthrough_device_list": [
                    { "name": "gicv", "base_pa": "0x8040000", "base_ipa": "0x8010000", "length": "0x2000",
                      "irq_list": [27] } ] } }
                """),
        RISCV64("qemu-riscv64", "vm0-riscv64-linux.json", 0x40000000L, 69, 0x50000000L, 66, """
                { "name": "%NAME%", "type": "%TYPE%", "cmdline": "console=ttyS0 panic=-1",
                  "image": { "kernel_filename": "kernel", "kernel_load_ipa": "0x80200000",
                             "device_tree_load_ipa": "0x88000000", %RAMDISK% },
                  "memory": { "num": 1, "region": [ { "ipa_start": "0x80000000", "length": "0xa000000" } ] },
                  "cpu": { "num": 1, "allocate_bitmap": "0b10", "master": 1 },
                  "emulated_device": { "emulated_device_list": [
                    { "name": "plic@c000000", "base_ipa": "0xc000000", "length": "0x600000", "irq_id": 0,
                      "type": "EMU_DEVICE_T_PLIC" },
                    { "name": "uart@10000000", "base_ipa": "0x10000000", "length": "0x1000", "irq_id": 10,
                      "type": "EMU_DEVICE_T_CONSOLE" } ] } }
                """);

        final String board;
        final String managementVm;
        final long device;
        final int interrupt;
        final long consoles;
        final int consoleInterrupt;
        final String guest;

        Ground(
                String board,
                String managementVm,
                long device,
                int interrupt,
                long consoles,
                int consoleInterrupt,
                String guest) {
            this.board = board;
            this.managementVm = managementVm;
            this.device = device;
            this.interrupt = interrupt;
            this.consoles = consoles;
            this.consoleInterrupt = consoleInterrupt;
            this.guest = guest;
        }

        String bareMetal(String name) {
            return guest.replace("%NAME%", name)
                    .replace("%TYPE%", "VM_T_BARE_MATEL_APP")
                    .replace("%RAMDISK%", "\"ramdisk_load_ipa\": \"0\"");
        }
    }

    /** Prints how many timer interrupts Linux takes in ten seconds in which only the daemon can have anything to do. */
    private static final String IDLE = """
            interrupts() { awk '/timer/ { sum += $2 } END { print sum }' /proc/interrupts; }
            before=$(interrupts); sleep 10; echo idle $(($(interrupts) - before))
            """;

    @TempDir
    private Path directory;

    private static String console(String name, long base, int interrupt, int peer, long peerBase) {
        return """
                { "name": "%s", "base_ipa": "0x%x", "length": "0x1000", "irq_id": %d, "cfg_num": 2,
                  "cfg_list": [%d, "0x%x"], "type": "EMU_DEVICE_T_VIRTIO_CONSOLE" }""".formatted(name, base, interrupt, peer, peerBase);
    }

    /** VM 0 with a shyper device and two virtio consoles: /dev/hvc0 would be a guest's console, /dev/hvc1 is the notification port. */
    private Scenario scenario(Ground ground) throws IOException {
        String device = """
                { "name": "shyper", "base_ipa": "0x%x", "length": "0x401000", "irq_id": %d, "cfg_num": 0, "cfg_list": [],
                  "type": "EMU_DEVICE_T_SHYPER" }""".formatted(ground.device, ground.interrupt);
        long port = ground.consoles + 0x1000;
        String guestConsole = console("gvm", ground.consoles, ground.consoleInterrupt, 1, 0x1000);
        String notifications = console("bell", port, ground.consoleInterrupt + 1, 0, port);
        String vm = Execution.vm(ground.managementVm)
                .replaceFirst("(\"emulated_device\": \\{\\s*\"num\": )1", "$14")
                .replaceFirst(
                        "(\"emulated_device_list\": \\[\\s*)\\{",
                        "$1" + String.join(", ", device, guestConsole, notifications, "{"));
        Files.writeString(directory.resolve("vm0.json"), vm);
        Path file = Files.writeString(directory.resolve("management.yaml"), """
                scenario: management
                description: for a test
                board: %s
                cores: 2
                memory: 768M
                guest:
                  kernel: shipped:linux
                  initrd: shipped:linux
                vms: [vm0.json]
                """.formatted(ground.board));
        return ScenarioCatalog.load(file.toString());
    }

    private static String here(String name, String text) {
        return "cat > " + name + " <<'X'\n" + text + "\nX\n";
    }

    /** Shell commands that make a file of these bytes. */
    private static String file(String name, byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        }
        String text =
                Base64.getMimeEncoder().encodeToString(packed.toByteArray()).replace("\r", "");
        return "base64 -d <<'X' | gunzip > " + name + "\n" + text + "\nX\n";
    }

    private static List<String> lines(Execution run) {
        return run.console().replace("\r", "").lines().toList();
    }

    private static int idleInterrupts(Execution run) {
        return lines(run).stream()
                .filter(line -> line.startsWith("idle "))
                .mapToInt(line -> Integer.parseInt(line.substring("idle ".length())))
                .sum();
    }

    private static void assertWell(Execution run) {
        assertThat(run.outcome())
                .as("%s %s", run.failures(), run.console())
                .isEqualTo(new Outcome(Outcome.SUCCESS, "powered off"));
        assertThat(run.console()).contains(LinuxGuest.EXIT_LINE + "0").doesNotContain("BUG:", "WARNING:");
    }

    @ParameterizedTest
    @EnumSource
    void aBareMetalVmIsConfiguredBootedRunAgainAndRemovedTwiceAlike(Ground ground) throws IOException {
        String architecture = ground == Ground.AARCH64 ? BareMetalGuests.AARCH64 : BareMetalGuests.RISCV64;
        String commands = "cd /root\n" + file("kernel", BareMetalGuests.load(architecture, "hello"))
                + here("vm1.json", ground.bareMetal("hello")) + here("mediated-cfg.json", "{\"mediated\": []}") + """
                shyper system daemon mediated-cfg.json &
                usleep 50000
                shyper system daemon mediated-cfg.json; echo second $?
                """
                + IDLE + """
                shyper vm config vm1.json
                shyper vm list
                shyper vm boot 1; usleep 100000
                shyper vm boot 1; usleep 200000
                shyper vm remove 1; echo removed $?
                shyper vm boot 1; echo boot $?
                shyper vm list
                shyper getvmid
                """;
        Execution run = Execution.twice(scenario(ground), false, null, commands);
        assertWell(run);
        assertThat(idleInterrupts(run)).as(run.console()).isLessThan(300);
        assertThat(lines(run))
                .contains("messages ring at /dev/hvc1", "VM 1 restarts with /root/vm1.json")
                .containsSubsequence("shyper: a daemon serves already; end it first: killall shyper", "second 1")
                .containsSubsequence(
                        "VM 1 is configured; start it with: shyper vm boot 1",
                        "2 virtual machines",
                        "  VM 0  Active  Linux  linux",
                        "  VM 1  Inactive  Bare Metal App  hello",
                        "[hello] hello: PASS",
                        "[hello] hello: PASS",
                        "removed 0",
                        "shyper: boot: there is no VM with this id: see shyper vm list (-4)",
                        "boot 1",
                        "1 virtual machines",
                        "  VM 0  Active  Linux  linux",
                        "0");
    }

    @Test
    void aVmIsPausedResumedRestartedAndStoppedAndTheBoardStaysUpWhileItRuns() throws IOException {
        String commands = "cd /root\n" + file("kernel", BareMetalGuests.load("aarch64", "latency"))
                + here("vm1.json", Ground.AARCH64.bareMetal("latency"))
                + here("mediated-cfg.json", "{\"mediated\": []}") + """
                shyper system daemon mediated-cfg.json /dev/null &
                usleep 50000
                """ + IDLE + """
                shyper vm config vm1.json; shyper vm boot 1; usleep 50000
                shyper vm pause 1; shyper vm list
                shyper vm resume 1; shyper vm list
                shyper vm reboot 1 -f; usleep 100000; shyper vm list
                shyper system shutdown; echo shutdown $?
                shyper vm reboot 1; echo asked $?
                shyper vm stop 1 -f; usleep 20000; shyper vm list
                """;
        Execution run = Execution.of(scenario(Ground.AARCH64), false, null, commands);
        assertWell(run);
        String paused = "  VM 1  Paused  Bare Metal App  latency";
        String active = "  VM 1  Active  Bare Metal App  latency";
        assertThat(idleInterrupts(run)).as("a daemon that looks every 10 ms").isGreaterThan(1000);
        assertThat(lines(run))
                .contains("/dev/null is no terminal: looking for messages every 10 ms")
                .containsSubsequence(
                        paused,
                        active,
                        "VM 1 restarts with /root/vm1.json",
                        active,
                        "shyper: shutdown: the VM's state does not allow it: see shyper vm list (-5)",
                        "shutdown 1",
                        "asked 1",
                        "  VM 1  Inactive  Bare Metal App  latency");
        assertThat(run.console().split("\\[latency\\] latency: interrupt 33", -1))
                .hasSize(3);
    }

    @ParameterizedTest
    @EnumSource
    void aUnikernelWorksWithFilesOfTheManagementVmAndRestartsAndEndsWhenItIsAsked(Ground ground) throws IOException {
        String architecture = ground == Ground.AARCH64 ? BareMetalGuests.AARCH64 : BareMetalGuests.RISCV64;
        String commands = "cd /root\n" + file("kernel", BareMetalGuests.load(architecture, "unikernel"))
                + here("vm1.json", ground.bareMetal("unikernel"))
                + here("mediated-cfg.json", "{\"mediated\": [], \"unilib\": \"/root/files\"}") + """
                mkdir -p files/below; echo 'hello from the management VM' > files/greeting; echo old > files/old
                echo secret > secret; ln -s /root/secret files/link
                shyper system daemon mediated-cfg.json &
                usleep 50000
                shyper vm config vm1.json; shyper vm boot 1; usleep 200000
                cat files/made; ls -1 files; echo old > files/old
                shyper vm reboot 1; echo asked $?; usleep 300000
                shyper vm migrate 1; shyper system update kernel; echo update $?
                shyper vm stop 1; usleep 50000; shyper vm list; cat secret
                """;
        Execution run = Execution.of(scenario(ground), false, null, commands);
        assertWell(run);
        assertThat(run.console()).doesNotContain("WRONG");
        assertThat(lines(run))
                .contains("asked 0")
                .containsSubsequence(
                        "[unikernel] no buffer outside of RAM                       ok",
                        "[unikernel] unikernel: waits",
                        "written by a unikernel",
                        "below",
                        "greeting",
                        "link",
                        "made",
                        "[unikernel] unikernel: restarts",
                        "[unikernel] unikernel: waits",
                        "shyper: migrate: this hypervisor cannot do that yet (-7)",
                        "shyper: update: this hypervisor cannot do that yet (-7)",
                        "update 1",
                        "[unikernel] unikernel: PASS",
                        "  VM 1  Inactive  Bare Metal App  unikernel",
                        "secret");
    }

    private static byte[] overlayOf(String path) {
        FdtNode root = new FdtNode("");
        root.add("fragment@0").strings("target-path", path).add("__overlay__").strings("model", "ours");
        return FdtWriter.write(new DeviceTree(root, 0));
    }

    @Test
    void anOverlayIsLaidOverTheGeneratedDeviceTreeOrRefusedWithItsReason() throws IOException {
        String configuration = Ground.AARCH64
                .bareMetal("hello")
                .replace("\"image\": {", "\"image\": { \"device_tree_filename\": \"overlay\",");
        String commands = "cd /root\n" + file("kernel", BareMetalGuests.load("aarch64", "hello"))
                + file("overlay", overlayOf("/nothing")) + file("sound", overlayOf("/chosen"))
                + here("vm1.json", configuration) + """
                shyper vm config vm1.json; shyper vm boot 1; echo refused $?; shyper vm remove 1
                cp sound overlay; shyper vm config vm1.json; shyper vm boot 1; echo boot $?; usleep 100000
                """;
        Execution run = Execution.of(scenario(Ground.AARCH64), false, null, commands);
        assertWell(run);
        assertThat(lines(run))
                .contains(
                        "[hypervisor] device tree overlay: fragment@0 is for /nothing, and the tree below it has no such node")
                .containsSubsequence("refused 1", "[hello] hello: PASS", "boot 0");
    }

    @Test
    void whatIsWrongWithAConfigurationIsSaidInTheManagementVm() throws IOException {
        String wrong = Ground.AARCH64
                .bareMetal("hello")
                .replace("0b10\"", "0b100\"")
                .replace("\"base_ipa\": \"0x9000000\"", "\"base_ipa\": \"0x40000000\"");
        String commands = "cd /root\nhead -c 5000 /dev/zero > kernel\n" + here("vm1.json", wrong)
                + "shyper vm config vm1.json; echo config $?; shyper vm list; shyper system test\n";
        Execution run = Execution.of(scenario(Ground.AARCH64), false, null, commands);
        assertWell(run);
        assertThat(lines(run))
                .anyMatch(line -> line.startsWith("hello: cpu.allocate_bitmap: core 2 is not on the board"))
                .anyMatch(line -> line.contains("emulated_device_list[1]") && line.contains("overlaps RAM"))
                .containsSubsequence(
                        "shyper: vm1.json was not accepted",
                        "config 2",
                        "1 virtual machines",
                        "[hypervisor] HVC SYS TEST");
    }
}
