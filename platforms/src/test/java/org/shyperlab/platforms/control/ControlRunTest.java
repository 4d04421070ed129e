package org.shyperlab.platforms.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.run.Outcome;

/** A machine that runs, and clients at its socket. */
class ControlRunTest {
    private static final long SEED = 4;

    @TempDir
    private Path files;

    private RunningMachine start(Tickers tickers) throws IOException {
        return RunningMachine.start(tickers.write(files), new ControlDirectory(files.resolve("run")));
    }

    @ParameterizedTest
    @EnumSource
    void vmsAreListedHeldReleasedAddedAndTakenAwayWhileTheOthersRun(Tickers tickers) throws IOException {
        RunningMachine machine = start(tickers);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(machine.socket())))
                .isEqualTo("rw-------");
        Screen first = new Screen(machine, "tick1");
        first.await("..");
        assertThat(states(machine)).containsExactly("0 tick0 Active", "1 tick1 Active");

        machine.ask(Order.PAUSE, "tick1");
        settle(machine);
        long before = traps(machine, "1");
        double own = figures(machine, "1").number("virtualSeconds");
        first.type("zeal");
        settle(machine);
        assertThat(traps(machine, "1")).as("what a paused VM does").isEqualTo(before);
        assertThat(figures(machine, "1").number("virtualSeconds")).isEqualTo(own);
        assertThat(states(machine)).containsExactly("0 tick0 Active", "1 tick1 Paused");
        assertThatThrownBy(() -> machine.ask(Order.PAUSE, "1"))
                .isInstanceOf(InputException.class)
                .hasMessage("VM 1 (tick1) is paused: only an active VM can be paused.");
        machine.ask(Order.RESUME, "1");
        first.await("z", "e", "a", "l");

        Message.Writer late =
                json -> json.writeStringField("file", files.resolve("late.json").toString());
        assertThat(machine.ask(Order.CONFIG, late).object("vm").integer("id")).isEqualTo(2);
        assertThatThrownBy(() -> machine.ask(Order.CONFIG, late))
                .hasMessageMatching(".*late.json:2: name: another VM is called late too");
        Screen second = new Screen(machine, "2");
        machine.ask(Order.BOOT, "late");
        second.await("hello: PASS");
        await(machine, "2 late Inactive"); // it has printed its last line and is about to power off
        new Screen(machine, "late").await("Hello from", "hello: PASS"); // who comes later sees what was printed
        machine.ask(Order.BOOT, "2");
        second.await("hello: PASS");
        machine.ask(Order.REMOVE, "2");
        assertThat(second.rest()).isEqualTo("VM 2 was removed");
        assertThat(machine.ask(Order.CONFIG, late).object("vm").integer("id")).isEqualTo(2);
        assertThat(states(machine)).containsExactly("0 tick0 Active", "1 tick1 Active", "2 late Inactive");

        machine.ask(Order.REBOOT, json -> {
            json.writeStringField("vm", "1");
            json.writeBooleanField("force", true);
        });
        await(machine, "1 tick1 Active"); // what is typed earlier is lost when the serial port is reset
        first.type("q");
        machine.ask(Order.STOP, "0");
        assertThat(machine.outcome()).isEqualTo(new Outcome(Outcome.SUCCESS, "powered off"));
        assertThat(first.rest()).isEqualTo("the machine has ended");
        assertThat(machine.socket()).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource
    void whoWatchesAConsoleGoesOnBehindAResetOfTheBoardUnlessTheVmIsGone(Tickers tickers) throws IOException {
        RunningMachine machine = start(tickers);
        Screen first = new Screen(machine, "tick1");
        first.await("..");
        machine.ask(
                Order.CONFIG,
                json -> json.writeStringField("file", files.resolve("late.json").toString()));
        Screen late = new Screen(machine, "late");

        machine.ask(Order.REBOOT, json -> {
            json.writeStringField("vm", "0");
            json.writeBooleanField("force", true);
        });
        assertThat(late.rest()).isEqualTo("VM 2 was removed");
        await(machine, "1 tick1 Active");
        assertThat(states(machine)).containsExactly("0 tick0 Active", "1 tick1 Active");
        first.await("..");
        first.type("a");
        first.await("a");
        machine.ask(Order.STOP, "1");
        machine.ask(Order.STOP, "0");
        assertThat(machine.outcome()).isEqualTo(new Outcome(Outcome.SUCCESS, "powered off"));
    }

    @Test
    void aMachineWhoseVmsAreAllPausedWaitsForTheNextOrder() throws IOException {
        RunningMachine machine = start(Tickers.AARCH64);
        await(machine, "0 tick0 Active");
        await(machine, "1 tick1 Active");
        machine.ask(Order.PAUSE, "0");
        machine.ask(Order.PAUSE, "1");
        assertThat(states(machine)).containsExactly("0 tick0 Paused", "1 tick1 Paused");
        assertThatThrownBy(() -> machine.ask(Order.REBOOT, "1"))
                .hasMessage("VM 1 (tick1) is paused: only an active VM can be asked to reboot.");
        machine.ask(Order.STOP, "1");
        machine.ask(Order.STOP, "0");
        assertThat(machine.outcome().exitCode()).isZero();
    }

    /** What a configuration names may be anything; the connection lives on. */
    @Test
    void aConfigurationThatNamesWhatIsNoFileIsRefused() throws IOException {
        Tickers.AARCH64.write(files);
        String late = Files.readString(files.resolve("late.json"));
        Path nul = Files.writeString(files.resolve("nul.json"), late.replaceFirst("shipped:hello", "a\\\\u0000b"));
        Path device = Files.writeString(files.resolve("device.json"), late.replaceFirst("shipped:hello", "/dev/zero"));
        try (RunningMachine machine = start(Tickers.AARCH64);
                ControlClient client = machine.connect()) {
            assertThatThrownBy(() -> client.ask(Order.CONFIG, json -> json.writeStringField("file", nul.toString())))
                    .hasMessageMatching(
                            ".*/nul.json:\\d+: image.kernel_filename: \"a\\?b\" cannot be the name of a file: Nul character not allowed.");
            assertThatThrownBy(() -> client.ask(Order.CONFIG, json -> json.writeStringField("file", device.toString())))
                    .hasMessageMatching(
                            ".*/device.json:\\d+: image.kernel_filename: The kernel /dev/zero cannot be read: it is not a regular file.");
            assertThatThrownBy(() -> client.ask(Order.CONFIG, json -> json.writeStringField("file", "/dev/zero")))
                    .hasMessage("The VM configuration /dev/zero is longer than 4 MiB.");
            assertThat(client.ask(Order.MACHINE, Replies.NOTHING)).contains("ticks");
        }
    }

    @Test
    void whatNobodyCouldUnderstandChangesNothing() throws Exception {
        try (RunningMachine machine = start(Tickers.RISCV64)) {
            List<Thread> clients = new ArrayList<>();
            for (int client = 0; client < 8; client++) {
                Random random = new Random(SEED + client);
                clients.add(Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < 40; i++) {
                        babble(machine.socket(), random);
                    }
                }));
            }
            for (Thread client : clients) {
                client.join();
            }
            awaitRoom(machine);
            await(machine, "0 tick0 Active");
            await(machine, "1 tick1 Active");
        }
    }

    /** The machine notices that clients have gone when it next reads from them or writes to them. */
    private static void awaitRoom(RunningMachine machine) throws InterruptedException {
        for (int tries = 0; tries < 1000; tries++) {
            try (ControlClient client = machine.connect()) {
                client.ask(Order.MACHINE, Replies.NOTHING);
                return;
            } catch (InputException full) {
                Thread.sleep(20);
            }
        }
    }

    /** Random bytes, half lines, orders cut anywhere, a console that nobody reads; then the client is gone without a word. */
    private static void babble(Path socket, Random random) {
        String[] pieces = {
            "{\"order\":\"list\"}\n",
            "{\"order\":\"console\",\"vm\":0}\n",
            "{\"order\":",
            "\n",
            "{\"order\":\"boot\",\"vm\":0}\n",
            "{\"order\":\"type\",\"data\":\"AAAA\"}\n",
            "{\"order\":\"stats\"}\n",
            "[[[[[[[[[[[[",
            "\"\\u",
            "x".repeat(70_000)
        };
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            for (int n = random.nextInt(8); n >= 0; n--) {
                byte[] bytes = pieces[random.nextInt(pieces.length)].getBytes(StandardCharsets.UTF_8);
                if (random.nextInt(4) == 0) {
                    random.nextBytes(bytes);
                }
                ByteBuffer some = ByteBuffer.wrap(bytes, 0, 1 + random.nextInt(bytes.length));
                while (some.hasRemaining()) {
                    channel.write(some);
                }
            }
        } catch (IOException refused) {
            assertThat(refused).hasMessageMatching("(?i).*(broken pipe|reset|closed).*");
        }
    }

    @Test
    void afterAMessageThatIsWrongTheConnectionGoesOn() throws IOException {
        try (RunningMachine machine = start(Tickers.AARCH64);
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(machine.socket()));
            Lines lines = new Lines(channel);
            for (int i = 0; i < 3; i++) {
                write(
                        channel,
                        "nonsense\n{\"order\":\"boot\"}\n{\"order\":\"type\",\"data\":\"\"}\n{\"order\":\"machine\"}\n");
                assertThat(next(lines)).startsWith("{\"error\":[\"The line is not JSON");
                assertThat(next(lines))
                        .isEqualTo("{\"error\":[\"The order \\\"boot\\\" needs the member \\\"vm\\\".\"]}");
                assertThat(next(lines)).contains("comes after \\\"console\\\"");
                assertThat(next(lines))
                        .isEqualTo("{\"ok\":true,\"machine\":\"ticks\",\"pid\":%d}"
                                .formatted(ProcessHandle.current().pid()));
            }
        }
    }

    @Test
    void aClientTooManyIsToldSoAndTheOthersStay() throws IOException {
        try (RunningMachine machine = start(Tickers.AARCH64)) {
            List<ControlClient> clients = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                clients.add(machine.connect());
            }
            for (ControlClient client : clients) {
                assertThat(client.ask(Order.MACHINE, Replies.NOTHING)).contains("\"ticks\"");
            }
            try (ControlClient tooMany = machine.connect()) {
                assertThat(tooMany.nextLine()).isEqualTo("{\"error\":[\"The machine has 32 clients already.\"]}");
                assertThat(tooMany.nextLine()).isNull();
            }
            assertThat(clients.getFirst().ask(Order.LIST, Replies.NOTHING)).contains("tick1");
            clients.forEach(ControlClient::close);
        }
    }

    /** A conversation whose client goes away after each of its bytes, with and without a word. */
    @Test
    void aClientMayGoAwayAtAnyByteOfItsConversation() throws Exception {
        String conversation = "{\"order\":\"list\"}\n{\"order\":\"console\",\"vm\":\"tick1\"}\n"
                + "{\"order\":\"type\",\"data\":\"YQ==\"}\n{\"order\":\"stats\",\"vm\":1}\n";
        try (RunningMachine machine = start(Tickers.AARCH64)) {
            for (int length = 0; length <= conversation.length(); length++) {
                try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                    channel.connect(UnixDomainSocketAddress.of(machine.socket()));
                    write(channel, conversation.substring(0, length));
                    if (length % 2 == 0) {
                        channel.shutdownOutput();
                        readToItsEnd(channel);
                    }
                } catch (IOException gone) {
                    assertThat(gone).hasMessageMatching("(?i).*(broken pipe|reset|closed).*");
                }
                awaitRoom(machine);
            }
            await(machine, "0 tick0 Active");
            await(machine, "1 tick1 Active");
        }
    }

    /** What comes is whole lines, and then the end of the connection. */
    private static void readToItsEnd(SocketChannel channel) throws IOException {
        Lines lines = new Lines(channel);
        String last = "";
        try {
            for (String line = lines.next(); line != null; line = lines.next()) {
                assertThat(line).matches("\\{\"(ok|error|output|end)\".*}");
                last = line;
            }
        } catch (ProtocolException broken) {
            throw new AssertionError(last, broken);
        }
    }

    private static void write(SocketChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static String next(Lines lines) throws IOException {
        try {
            return String.valueOf(lines.next());
        } catch (ProtocolException broken) {
            throw new AssertionError(broken);
        }
    }

    private static List<String> states(RunningMachine machine) {
        return machine.ask(Order.LIST, json -> {}).objects("vms").stream()
                .map(vm -> vm.integer("id") + " " + vm.text("name") + " " + vm.text("state"))
                .toList();
    }

    private static void await(RunningMachine machine, String state) {
        while (!states(machine).contains(state)) {
            Thread.onSpinWait();
        }
    }

    private static Message figures(RunningMachine machine, String vm) {
        return machine.ask(Order.STATS, vm).objects("vms").getFirst();
    }

    private static long traps(RunningMachine machine, String vm) {
        return figures(machine, vm).objects("vcpus").getFirst().object("traps").members().values().stream()
                .mapToLong(count -> (Long) count)
                .sum();
    }

    /** Until the machine is 10 virtual milliseconds further: other VMs do not wait for one that is paused. */
    private static void settle(RunningMachine machine) {
        double until = machine.ask(Order.STATS, json -> {}).number("virtualSeconds") + 0.01;
        while (machine.ask(Order.STATS, json -> {}).number("virtualSeconds") < until) {
            Thread.onSpinWait();
        }
    }

    /** A client at a VM's console. */
    private static final class Screen {
        private final ControlClient client;
        private final StringBuilder seen = new StringBuilder();
        private String end = "";

        Screen(RunningMachine machine, String vm) {
            client = machine.connect();
            client.ask(Order.CONSOLE, json -> json.writeStringField("vm", vm));
        }

        void type(String text) {
            String data = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
            client.send(Order.TYPE, json -> json.writeStringField("data", data));
        }

        /** Reads until these have come, one after the other, since the last time. */
        void await(String... texts) {
            for (String text : texts) {
                int at = seen.indexOf(text);
                while (at < 0) {
                    assertThat(read())
                            .as("%s came before %s: %s", end, text, seen)
                            .isTrue();
                    at = seen.indexOf(text);
                }
                seen.delete(0, at + text.length());
            }
        }

        /** Reads to the end; the machine's last words. */
        String rest() {
            while (end.isEmpty()) {
                assertThat(read())
                        .as("the connection ended without a last word")
                        .isTrue();
            }
            client.close();
            return end;
        }

        private boolean read() {
            String line = client.nextLine();
            if (line == null) {
                return false;
            }
            Message message = ControlClient.message(line);
            String output = message.text("output");
            if (output != null) {
                seen.append(new String(Base64.getDecoder().decode(output), StandardCharsets.ISO_8859_1));
            }
            if (message.text("end") instanceof String last) {
                end = last;
            }
            return true;
        }
    }
}
