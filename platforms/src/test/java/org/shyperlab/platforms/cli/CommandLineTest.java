package org.shyperlab.platforms.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.emulator.devicetree.DtsText;
import org.shyperlab.emulator.devicetree.FdtReader;

class CommandLineTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                                           | Say what to do",
                "fly                                        | There is no command \"fly\". There are: run, vm, console,",
                "run                                        | Missing required parameter: 'SCENARIO'",
                "run nothing                                | There is no scenario \"nothing\". Shipped scenarios: qemu-aarch64-linux",
                "run ./nothing.yaml                         | The scenario ./nothing.yaml cannot be read: there is no such file.",
                "run qemu-aarch64-hello --cores many        | Invalid value for option '--cores'",
                "run qemu-aarch64-hello --native --cores 9  | --cores 9: board qemu-aarch64 has 1 to 8 cores.",
                "run qemu-aarch64-hello --native --cores 0  | --cores 0: board qemu-aarch64 has 1 to 8 cores.",
                "run qemu-aarch64-hello --memory lots       | \"lots\" is not a size like 512M",
                "run qemu-aarch64-hello --native --memory 1000 | --memory: 1000 B is not a multiple of 4 KiB up to 255 GiB",
                "run qemu-aarch64-hello --native --memory 300G | --memory: 300 GiB is not a multiple of 4 KiB up to 255 GiB",
                "run qemu-aarch64-hello --native --memory 2M | The kernel does not fit into RAM: it would take 0x40280000..",
                "vm lst                                     | There is no command \"lst\". There are: ",
                "run qemu-aarch64-hello --memory 0          | --memory: 0 B is not a multiple of 4 KiB up to 255 GiB",
                "run qemu-aarch64-hello --memory 1000       | --memory: 1000 B is not a multiple of 4 KiB up to 255 GiB",
                "run qemu-aarch64-hello --modules loop      | --modules needs the shipped Linux guest",
                "run qemu-aarch64-hello --kernel a\0b       | \"a?b\" cannot be the name of a file: Nul character not allowed",
                "run qemu-aarch64-hello --stats a\0b        | \"a?b\" cannot be the name of a file",
                "run qemu-aarch64-hello --disk a\0b         | \"a?b\" cannot be the name of a file",
                "run a\0b                                   | \"a?b\" cannot be the name of a file",
                "vm list --machine /a\0b                    | \"/a?b\" cannot be the name of a file",
                "run qemu-aarch64-hello --kernel /dev/zero  | The kernel /dev/zero cannot be read: it is not a regular file.",
                "run qemu-aarch64-hello --stats /           | The statistics file / cannot be written: is a directory.",
                "run /dev/zero                              | The scenario /dev/zero is longer than 4 MiB.",
                "run qemu-aarch64-hello --limit soon        | \"soon\" is not a virtual time like 10s",
                "run qemu-aarch64-hello --pace slow         | \"slow\" is neither fast nor real",
                "run qemu-aarch64-hello --on-reset perhaps  | \"perhaps\" is neither end nor restart",
                "run qemu-aarch64-hello --native --exec ls  | --exec needs the shipped Linux guest",
                "run qemu-aarch64-hello --until=            | --until is empty",
                "run qemu-aarch64-hello --native --kernel /nothing | The kernel /nothing cannot be read: there is no such file.",
                "run qemu-aarch64-hello --native --kernel /dev/null | The kernel /dev/null cannot be read: it is not a regular file.",
                "run qemu-aarch64-hello --native --initrd /nothing | The initial RAM disk /nothing cannot be read",
                "run qemu-aarch64-hello --native --stats /nothing/x | The statistics file /nothing/x cannot be written: there is no folder /nothing.",
                "run qemu-aarch64-hello --native --trace /nothing/x | The trace file /nothing/x cannot be written",
                "run qemu-aarch64-hello --capture hello     | \"hello\" is not VM[:DEVICE]=FILE",
                "run qemu-aarch64-hello --capture 0=x.pcap  | --capture 0=x.pcap: VM 0 (hello) has no network device",
                "run qemu-aarch64-hello --uplink=           | --uplink is empty",
                "run qemu-aarch64-hello --uplink linux      | --uplink linux: there is no VM \"linux\"; there are: 0 (hello).",
                "board                                      | Say what to do with the board: show.",
                "board show nothing                         | There is no board \"nothing\". Shipped boards: qemu-aarch64, qemu-riscv64, qemu-riscv64-aia.",
                "board show ./nothing.yaml                  | The board file ./nothing.yaml cannot be read: there is no such file.",
                "board show qemu-aarch64 --dtb /nothing/x   | The device tree /nothing/x cannot be written",
                "demo --arch z80                            | --arch z80: there is a demo for aarch64 and riscv64.",
            })
    void wrongInputIsNamedInWordsAndEndsWithCodeTwo(String line, String message) {
        Shyper shyper = Shyper.run(line == null ? new String[0] : line.split("\\s+"));
        assertThat(shyper.err()).contains(message).startsWith("shyper: ").doesNotContain("\tat ");
        assertThat(shyper.exitCode()).isEqualTo(2);
        assertThat(shyper.console()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "run --help",
                "board --help",
                "board show --help",
                "boards --help",
                "doctor --help",
                "demo --help",
                "completion --help",
                "help run"
            })
    void everyCommandExplainsItself(String line) {
        Shyper shyper = Shyper.run(line.split(" "));
        assertThat(shyper.exitCode()).isZero();
        assertThat(shyper.out()).startsWith("Usage: shyper");
    }

    @Test
    void theVersionNamesTheProgramAndTheJvm() {
        assertThat(Shyper.run("--version").out()).startsWith("shyper 0.").contains("Java 25");
    }

    @Test
    void completionIsABashScriptThatKnowsTheScenarios() {
        assertThat(Shyper.run("completion").out())
                .startsWith("#!/usr/bin/env bash")
                .contains("qemu-aarch64-hello");
    }

    @Test
    void boardsListsBoardsAndScenarios() {
        assertThat(Shyper.run("boards").out())
                .contains("qemu-aarch64 ", "qemu-aarch64-two-vms ", "qemu-riscv64-aia ", "qemu-riscv64-aia-linux ");
    }

    @Test
    void boardShowWritesTheSameTreeAsTextAndAsBlob() throws Exception {
        Path blob = directory.resolve("board.dtb");
        assertThat(Shyper.run("board", "show", "qemu-aarch64", "--dtb", blob.toString())
                        .exitCode())
                .isZero();
        String text = Shyper.run("board", "show", "qemu-aarch64", "--dts").out();
        assertThat(DtsText.render(FdtReader.read(Files.readAllBytes(blob)))).isEqualTo(text);
    }

    @Test
    void doctorNamesWhatWasFoundWhere() {
        Shyper shyper = Shyper.run("doctor");
        assertThat(shyper.exitCode()).isZero();
        assertThat(shyper.out())
                .contains(
                        "JDK",
                        "Unicorn",
                        "Capstone",
                        "guests, aarch64",
                        "Linux, aarch64",
                        "guests, riscv64",
                        "Linux, riscv64",
                        "libunicorn.so.2");
    }

    @ParameterizedTest
    @CsvSource({
        "qemu-riscv64, hello",
        "qemu-riscv64, traps",
        "qemu-riscv64, timer",
        "qemu-riscv64, ipi",
        "qemu-riscv64, smp",
        "qemu-riscv64-aia, hello",
        "qemu-riscv64-aia, traps",
        "qemu-riscv64-aia, timer",
        "qemu-riscv64-aia, ipi",
        "qemu-riscv64-aia, smp"
    })
    void everyRiscvScenarioRunsToItsEndOnTheBareBoard(String board, String guest) {
        Shyper shyper = Shyper.run("run", board + "-" + guest, "--native");
        assertThat(shyper.console()).contains(guest + ": PASS\r\n").doesNotContain("WRONG");
        assertThat(shyper.err()).contains("on " + board + " (native, ", "powered off");
        assertThat(shyper.exitCode()).isZero();
    }

    @Test
    void helloRunsToItsEndOnTheBareBoard() throws IOException {
        Path stats = directory.resolve("stats.json");
        Shyper shyper = Shyper.run("run", "qemu-aarch64-hello", "--native", "--stats", stats.toString());
        assertThat(shyper.console()).contains("Hello from EL1", "hello: PASS");
        assertThat(shyper.exitCode()).isZero();
        assertThat(shyper.err()).contains("(native, 1 core): powered off");
        assertThat(keys(Files.readString(stats)))
                .contains(
                        "board",
                        "mode",
                        "cores",
                        "instructions",
                        "virtualSeconds",
                        "hostCpuSeconds",
                        "consoleSha256",
                        "consoleSha256.native",
                        "traceSha256",
                        "traceSha256.native",
                        "traps",
                        "traps.native",
                        "irqs",
                        "irqs.physical",
                        "irqs.injected",
                        "guestErrors");
    }

    @Test
    void twoRunsAreTheSameInEverythingButHostTime() throws IOException {
        List<String> stats = new ArrayList<>();
        for (String name : List.of("a.json", "b.json")) {
            Path file = directory.resolve(name);
            Shyper.run("run", "qemu-aarch64-timer", "--native", "--stats", file.toString());
            stats.add(Files.readString(file).replaceAll("\"hostCpuSeconds\" : [^,]*", ""));
        }
        assertThat(stats.get(0)).isEqualTo(stats.get(1)).contains("\"instructions\" : 1");
    }

    @Test
    void untilEndsTheRunWhenTheTextIsPrinted() {
        Shyper shyper = Shyper.run("run", "qemu-aarch64-hello", "--native", "--until", "count 3");
        assertThat(shyper.exitCode()).isZero();
        assertThat(shyper.console()).endsWith("count 3");
    }

    @Test
    void aTextThatNeverComesIsAFailure() {
        Shyper shyper = Shyper.run("run", "qemu-aarch64-hello", "--native", "--until", "goodbye");
        assertThat(shyper.exitCode()).isEqualTo(1);
        assertThat(shyper.err()).contains("powered off before \"goodbye\" was printed");
    }

    @Test
    void theLimitOfVirtualTimeHasItsOwnCode() {
        Shyper shyper = Shyper.run("run", "qemu-aarch64-timer", "--native", "--limit", "10ms");
        assertThat(shyper.exitCode()).isEqualTo(3);
        assertThat(shyper.err()).contains("the limit of virtual time was reached", "0.010000 s of virtual time");
    }

    @Test
    void aResetOfTheBoardEndsTheRunUnlessItIsToRestart() throws IOException {
        ByteBuffer program = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        program.putInt(0x5280_0120).putInt(0x72b0_8000).putInt(0xd400_0003); // w0 = PSCI SYSTEM_RESET; smc #0
        String kernel =
                Files.write(directory.resolve("reset.bin"), program.array()).toString();
        Shyper ends = Shyper.run("run", "qemu-aarch64-hello", "--native", "--kernel", kernel);
        assertThat(ends.exitCode()).isEqualTo(1);
        assertThat(ends.err()).contains("the guest reset the board (--on-reset restart lets it start again)");
        Shyper restarts = Shyper.run(
                "run",
                "qemu-aarch64-hello",
                "--native",
                "--kernel",
                kernel,
                "--on-reset",
                "restart",
                "--limit",
                "60ns");
        assertThat(restarts.exitCode()).isEqualTo(3);
        assertThat(restarts.err()).contains("60 instructions");
    }

    @Test
    void realPaceChangesNothingThatTheGuestSees() {
        Shyper fast = Shyper.run("run", "qemu-aarch64-timer", "--native", "--pace", "fast");
        Shyper real = Shyper.run("run", "qemu-aarch64-timer", "--native", "--pace", "real");
        assertThat(real.console()).isEqualTo(fast.console());
        assertThat(real.exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"trace.jsonl", "trace.perfetto.json"})
    void traceFilesAreJson(String name) throws IOException {
        Path trace = directory.resolve(name);
        Shyper shyper = Shyper.run("run", "qemu-aarch64-smp", "--trace", trace.toString());
        assertThat(shyper.exitCode()).isZero();
        assertThat(keys(Files.readString(trace))).contains(name.endsWith(".jsonl") ? "syndrome" : "traceEvents.ts");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--native", "--cores=2"})
    void aFlatBinaryWithoutHeaderRunsAsTheGuest(String mode) throws IOException {
        int[] program = {
            0xd2a1_2009, // mov x9, #0x9000000
            0x5280_0961, // mov w1, #'K'
            0x3900_0121, // strb w1, [x9]
            0x52b0_8000, // mov w0, #0x84000000
            0x7280_0100, // movk w0, #0x8
            0xd400_0003, // smc #0
        };
        ByteBuffer bytes = ByteBuffer.allocate(program.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(program);
        Path kernel = Files.write(directory.resolve("flat.bin"), bytes.array());
        Shyper shyper = Shyper.run("run", "qemu-aarch64-hello", mode, "--kernel", kernel.toString());
        assertThat(shyper.console()).isEqualTo("K");
        assertThat(shyper.err()).contains("powered off");
        assertThat(shyper.exitCode()).isZero();
    }

    @Test
    void aScenarioOfOnesOwnRunsWithItsOwnBoardAndKernel() throws IOException {
        try (InputStream shipped =
                Main.class.getResourceAsStream("/org/shyperlab/platforms/boards/qemu-aarch64.yaml")) {
            String board = new String(shipped.readAllBytes(), StandardCharsets.UTF_8);
            Files.writeString(directory.resolve("board.yaml"), board.replace("board: qemu-aarch64", "board: mine"));
        }
        Path scenario = Files.writeString(directory.resolve("mine.yaml"), """
                scenario: mine
                description: my own
                board: board.yaml
                memory: 32M
                guest:
                  kernel: shipped:hello
                """);
        Shyper shyper = Shyper.run("run", scenario.toString());
        assertThat(shyper.console()).contains("hello: PASS");
        assertThat(shyper.err()).contains("mine on mine (native, 1 core): powered off");
    }

    /** The dotted names of all keys in one or more JSON documents; reading them checks that they are JSON. */
    private static List<String> keys(String json) throws IOException {
        List<String> keys = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken().isStructStart() || parser.currentName() == null) {
                    continue;
                }
                StringBuilder path = new StringBuilder(parser.currentName());
                for (var context = parser.getParsingContext().getParent();
                        context != null;
                        context = context.getParent()) {
                    if (context.getCurrentName() != null) {
                        path.insert(0, context.getCurrentName() + ".");
                    }
                }
                keys.add(path.toString());
            }
        }
        return keys;
    }
}
