package org.shyperlab.platforms.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.platforms.board.BoardReader;
import org.shyperlab.platforms.input.InputException;

class ScenarioReaderTest {
    private static final String GOOD = """
            scenario: mine
            description: "two VMs"
            board: qemu-aarch64
            cores: 2
            memory: 64M
            guest:
              kernel: shipped:timer
            vms:
              - shipped:vm0-timer
              - { file: "shipped:vm1-hello", name: other, core: 1 }
            disks:
              - { vm: other, memory: 1M }
            captures:
              - { vm: other, file: frames.pcap }
            walkthrough:
              - vm: other
                expect: ["hello: PASS"]
            limit: 10s
            """;

    @TempDir
    private static Path directory;

    private static List<String> problems(String yaml) {
        InputException refused = catchThrowableOfType(
                InputException.class, () -> ScenarioReader.read("mine.yaml", yaml, new ScenarioFiles(directory)));
        return refused == null ? List.of() : refused.problems();
    }

    @Test
    void aGoodScenarioIsRead() {
        Scenario scenario = ScenarioReader.read("mine.yaml", GOOD, ScenarioFiles.OF_PROGRAM);
        assertThat(scenario.vms()).hasSize(2);
        assertThat(scenario.walkthrough())
                .singleElement()
                .extracting(Scenario.Step::vm)
                .isEqualTo("other");
        assertThat(problems("\uFEFF" + GOOD.replace("\n", "\r\n")))
                .as("a byte order mark, line ends of Windows")
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "cores: 2 | cores: two | mine.yaml:4: cores: \"two\" is not an integer like 16 or 0x10",
                "cores: 2 | cores: 2\\ncores: 3 | mine.yaml:5: cores: the key is already in line 4",
                "cores: 2 | cores: 2\\ncolour: red | mine.yaml:5: colour: unknown key; known here: scenario, ",
                "cores: 2 | cores: &n 2\\nmost-vms: *n | mine.yaml:5: *n: aliases are not known here; write the value",
                "memory: 64M | memory: 64M\\n\\tcolour: red | mine.yaml:6: not YAML: while scanning for the next token: found character '\\t(TAB)' that cannot start any token",
                "\"two VMs\" | \"two VMs | mine.yaml:10: not YAML: while parsing a block mapping: expected <block end>",
                "two VMs | two \\0VMs | mine.yaml:2: not YAML: a control character, code 0",
                "scenario: mine | \\0: mine | mine.yaml:1: not YAML: a control character, code 0",
                "limit: 10s | limit: -1s | mine.yaml:18: limit: \"-1s\" is not a virtual time",
                "vm: other, memory | vm: othr, memory | mine.yaml:12: disks[0].vm: there is no VM \"othr\"; there are: timer, other",
                "vm: other, file | vm: vm1-hello, file | mine.yaml:14: captures[0].vm: there is no VM \"vm1-hello\"; there are: timer, other",
                "- vm: other | - vm: hello | mine.yaml:16: walkthrough[0].vm: there is no VM \"hello\"; there are: timer, other",
                "limit: 10s | uplink: 2 | mine.yaml:18: uplink: there is no VM \"2\"; there are: timer, other",
                "limit: 10s | uplink: '' | mine.yaml:18: uplink: there is no VM \"\"; there are: timer, other",
                "- shipped:vm0-timer | - none.json | mine.yaml:9: vms[0].file: The VM configuration ",
                "- shipped:vm0-timer | - shipped:tea | mine.yaml:9: vms[0].file: there is no shipped VM configuration \"shipped:tea\"; there are: vm0-linux.json, ",
                "limit: 10s | files: [ { name: a, vm: none.json } ] | mine.yaml:18: files[0].vm: The VM configuration ",
                "memory: 64M | memory: 70000001 | mine.yaml:5: memory: 70000001 is not a multiple of 4096",
            })
    void aMistakeIsNamedWithItsLine(String old, String replacement, String message) {
        String changed = replacement.replace("\\n", "\n").replace("\\t", "\t").replace("\\0", "\0");
        assertThat(GOOD).contains(old);
        assertThat(problems(GOOD.replace(old, changed)))
                .anySatisfy(problem -> assertThat(problem).startsWith(message));
    }

    /** The management VM makes it of a file that it has, so it is a VM like the others; but nobody plugs in its uplink. */
    @Test
    void aVmThatTheManagementVmMakesIsKnownByItsNameToAllButTheUplink() {
        String yaml = GOOD.replace("vm: other", "vm: gvm");
        assertThat(problems(yaml)).hasSize(3);
        String vm = yaml + "files: [ { name: vm1.json, vm: \"shipped:vm1-gvm\" } ]\n";
        assertThat(problems(vm)).isEmpty();
        assertThat(problems(vm + "uplink: gvm\n"))
                .containsExactly("mine.yaml:20: uplink: there is no VM \"gvm\"; there are: timer, other");
        String text = ScenarioFiles.resource("vm1-gvm.json").replace("\n", " ").replace("'", "''");
        assertThat(problems(yaml + "files: [ { name: vm1.json, text: '" + text + "' } ]\n"))
                .isEmpty();
    }

    @Test
    void noNameIsCalledWrongWhileAConfigurationDoesNotSayItsOwn() throws IOException {
        Files.writeString(directory.resolve("broken.json"), "{}");
        assertThat(problems(GOOD.replace("- shipped:vm0-timer", "- broken.json").replace("vm: other", "vm: broken")))
                .isEmpty();
    }

    @Test
    void aNumberIsEnoughForACaptureEvenOfAVmThatIsMadeLater() {
        assertThat(problems(GOOD.replace("vm: other, file", "vm: 5, file"))).isEmpty();
        assertThat(problems(GOOD + "uplink: 1\n")).isEmpty();
    }

    @Test
    void aNameThatNoFileCanHaveIsRefused() {
        assertThat(problems(GOOD.replace("frames.pcap", "\"a\\0b\"")))
                .containsExactly("\"a?b\" cannot be the name of a file: Nul character not allowed.");
    }

    /** Pieces in other places, extreme numbers and plain damage are problems, or good again, and nothing else. */
    @Test
    void anyDamageOfAScenarioIsAProblemOfTheFile() {
        damage(GOOD, ScenarioReaderTest::problems);
    }

    @Test
    void anyDamageOfABoardIsAProblemOfTheFile() throws IOException {
        String board;
        try (InputStream in =
                BoardReader.class.getResourceAsStream("/org/shyperlab/platforms/boards/qemu-riscv64-aia.yaml")) {
            board = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        damage(board, yaml -> {
            InputException refused =
                    catchThrowableOfType(InputException.class, () -> BoardReader.read("mine.yaml", yaml));
            return refused == null ? List.of() : refused.problems();
        });
    }

    private interface Reader {
        List<String> problems(String yaml);
    }

    private static void damage(String good, Reader reader) {
        assertThat(reader.problems(good)).isEmpty();
        Random random = new Random(4);
        List<String> pieces = new ArrayList<>(List.of(
                "",
                "-1",
                "1e300",
                "null",
                "~",
                "[]",
                "{}",
                "''",
                "0xffffffffffffffff",
                "9223372036854775807",
                "999G",
                "0",
                "&a",
                "*a",
                "!!x",
                "- -",
                "? ",
                "---",
                "\0",
                "\t",
                "\uFFFF",
                "<<",
                "[[[[",
                "|",
                ">",
                "%",
                "@"));
        Matcher tokens = Pattern.compile("[^\\s:,]+|[:,]|\n *").matcher(good);
        List<int[]> places = new ArrayList<>();
        while (tokens.find()) {
            places.add(new int[] {tokens.start(), tokens.end()});
            pieces.add(tokens.group());
        }
        for (int round = 0; round < 3000; round++) {
            StringBuilder text = new StringBuilder(good);
            for (int changes = random.nextInt(3); changes >= 0; changes--) {
                int[] place = places.get(random.nextInt(places.size()));
                if (place[1] <= text.length()) {
                    text.replace(place[0], place[1], pieces.get(random.nextInt(pieces.size())));
                }
            }
            assertThat(reader.problems(text.toString()))
                    .as(text.toString())
                    .allSatisfy(
                            problem -> assertThat(problem).isNotBlank().doesNotContain("Exception", "null pointer"));
        }
    }
}
