package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.guestimages.BareMetalGuests;
import org.shyperlab.guestimages.Mailbox;
import org.shyperlab.platforms.scenario.NetworkPlan;
import org.shyperlab.platforms.scenario.Scenario;
import org.shyperlab.platforms.scenario.ScenarioCatalog;

/** Two VMs that send each other as much as their rings take, through the hypervisor's virtio devices and the switch. */
class PacketsRunTest {
    private static final int FRAME_BITS = 8 * 1514;
    private static final Pattern SENT =
            Pattern.compile("packets: sent (\\d+) frames of 1514 bytes in (\\d+) ns\\s+packets: sum (0x[0-9a-f]+)");
    private static final Pattern RECEIVED = Pattern.compile(
            "\\[receiver] packets: received (\\d+) frames, (\\d+) words wrong or out of order\\s+\\[receiver] packets: sum (0x[0-9a-f]+)");

    @TempDir
    private Path directory;

    private enum Pair {
        AARCH64("qemu-aarch64", "vm0-hello.json", "vm1-hello.json", 0xa000000L, 48),
        PLIC("qemu-riscv64", "vm0-riscv64-hello.json", "vm1-riscv64-hello.json", 0x10001000L, 1),
        AIA("qemu-riscv64-aia", "vm0-riscv64-aia-hello.json", "vm1-riscv64-aia-hello.json", 0x10001000L, 1);

        private final String board;
        private final List<String> vms;
        private final long device;
        private final int interrupt;

        Pair(String board, String vm0, String vm1, long device, int interrupt) {
            this.board = board;
            this.vms = List.of(vm0, vm1);
            this.device = device;
            this.interrupt = interrupt;
        }

        private String architecture() {
            return board.contains("riscv64") ? BareMetalGuests.RISCV64 : BareMetalGuests.AARCH64;
        }

        /** The shipped configuration of the guest hello, as this guest with a network device. */
        private String vm(int number, String name, int address) {
            String device = """
                    "emulated_device_list": [
                      { "name": "net", "base_ipa": "0x%x", "length": "0x1000", "irq_id": %d, "cfg_num": 6,
                        "cfg_list": [2, 0, 0, 0, 0, %d], "type": "EMU_DEVICE_T_VIRTIO_NET" },""".formatted(this.device, interrupt, address);
            return Execution.vm(vms.get(number))
                    .replaceFirst("\"name\": \"[a-z]*\"", "\"name\": \"" + name + "\"")
                    .replace("shipped:hello", name + ".bin")
                    .replaceFirst("(\"emulated_device\": \\{)\\s*\"num\": \\d+,", "$1")
                    .replaceFirst("\"emulated_device_list\": \\[", device);
        }

        Scenario scenario(Path directory, long milliseconds, long pauseNanos) throws IOException {
            byte[] sender = BareMetalGuests.load(architecture(), "packets");
            new Mailbox(sender).send(device, milliseconds);
            Files.write(directory.resolve("sender.bin"), sender);
            byte[] receiver = BareMetalGuests.load(architecture(), "packets");
            new Mailbox(receiver).receive(device, pauseNanos);
            Files.write(directory.resolve("receiver.bin"), receiver);
            Files.writeString(directory.resolve("vm0.json"), vm(0, "sender", 1));
            Files.writeString(directory.resolve("vm1.json"), vm(1, "receiver", 2));
            return ScenarioCatalog.load(Files.writeString(directory.resolve("packets.yaml"), """
                            scenario: packets
                            description: for a test
                            board: %s
                            cores: 2
                            memory: 64M
                            guest: {kernel: sender.bin}
                            vms: [vm0.json, vm1.json]
                            """.formatted(board))
                    .toString());
        }
    }

    /** What a run measured, without host time. */
    private record Result(String console, String measured, VmFigures.Port sender, VmFigures.Port receiver) {
        private Matcher said(Pattern pattern) {
            Matcher said = pattern.matcher(console);
            assertThat(said.find()).as("%s in %s", pattern, console).isTrue();
            return said;
        }

        /** Everything that the ring accepted arrived, in order and unchanged, and the ports counted it; how many frames. */
        long transferred() {
            Matcher sent = said(SENT);
            Matcher received = said(RECEIVED);
            assertThat(received.group(1)).as("received frames").isEqualTo(sent.group(1));
            assertThat(received.group(2)).as("wrong words").isEqualTo("0");
            assertThat(received.group(3)).as("sum").isEqualTo(sent.group(3));
            long frames = Long.parseLong(sent.group(1));
            assertThat(sender.framesSent()).as("with the last one").isEqualTo(frames + 1);
            assertThat(sender.bytesSent()).isEqualTo((frames + 1) * 1514);
            assertThat(receiver.framesReceived()).isEqualTo(frames + 1);
            assertThat(receiver.bytesReceived()).isEqualTo((frames + 1) * 1514);
            assertThat(sender.framesReceived())
                    .as("the receiver's greetings")
                    .isEqualTo(receiver.framesSent())
                    .isPositive();
            assertThat(sender.dropped()).isEmpty();
            assertThat(receiver.dropped()).isEmpty();
            return frames;
        }

        double gigabitsPerSecond() {
            return (double) FRAME_BITS
                    * transferred()
                    / Long.parseLong(said(SENT).group(2));
        }
    }

    private static Result run(Scenario scenario, NetworkPlan network) {
        RunOptions options = new RunOptions.Builder(false)
                .unattended(true)
                .limitNanos(200_000_000L)
                .network(network)
                .build();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ConsoleOutput output = new ConsoleOutput(bytes);
                Run run = RunBuilder.build(scenario, options, output, text -> {})) {
            Outcome outcome = run.execute();
            output.flush();
            String console = bytes.toString(StandardCharsets.US_ASCII);
            assertThat(outcome).as(console).isEqualTo(new Outcome(Outcome.SUCCESS, "powered off"));
            assertThat(run.errors().entries()).isEmpty();
            List<VmFigures> vms = Objects.requireNonNull(run.vms()).figures();
            return new Result(
                    console,
                    StatisticsFile.json(run.statistics()).replaceAll("\"hostCpuSeconds\" : [^,]*,", ""),
                    vms.get(0).ports().getFirst(),
                    vms.get(1).ports().getFirst());
        }
    }

    @ParameterizedTest
    @CsvSource({"AARCH64", "PLIC", "AIA"})
    void moreThanAGigabitInASecondArrivesWholeAndACaptureChangesNothing(Pair pair) throws IOException {
        Scenario scenario = pair.scenario(directory, 20, 0);
        Result result = run(scenario, NetworkPlan.NONE);
        assertThat(result.gigabitsPerSecond()).isGreaterThanOrEqualTo(1);

        Path sent = directory.resolve("sent.pcap");
        Path received = directory.resolve("received.pcap");
        NetworkPlan captures = new NetworkPlan(
                List.of(
                        new NetworkPlan.Capture(new NetworkPlan.Nic("sender", null), sent),
                        new NetworkPlan.Capture(new NetworkPlan.Nic("1", "net"), received)),
                null);
        Result captured = run(scenario, captures);
        assertThat(captured.console()).isEqualTo(result.console());
        assertThat(captured.measured()).isEqualTo(result.measured());
        long all = captured.sender().framesSent() + captured.sender().framesReceived();
        assertThat(Pcap.read(sent))
                .hasSize((int) all)
                .isSortedAccordingTo((a, b) -> Long.compare(a.nanos(), b.nanos()));
        assertThat(Pcap.read(received)).hasSize((int) all);
    }

    /** 50 microseconds a frame: the receiver's ring, its port's queue and at last the sender's ring are full. */
    @ParameterizedTest
    @CsvSource({"AARCH64", "PLIC", "AIA"})
    void aSlowReceiverSlowsTheSenderAndNothingIsLost(Pair pair) throws IOException {
        Result result = run(pair.scenario(directory, 30, 50_000), NetworkPlan.NONE);
        // 30 ms, and what is in the rings and the queue.
        assertThat(result.transferred()).isBetween(600L, 1200L);
    }
}
