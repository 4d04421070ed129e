package org.shyperlab.platforms.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.emulator.core.Cost;
import org.shyperlab.platforms.input.InputException;

class BoardReaderTest {
    @Test
    void theShippedBoardIsQemusVirt() {
        Board board = BoardCatalog.shipped("qemu-aarch64");
        assertThat(board.name()).isEqualTo("qemu-aarch64");
        assertThat(board.memory()).isEqualTo(new Board.Memory("ram", 0x4000_0000L, 1L << 30, 255L << 30));
        assertThat(board.gic())
                .isEqualTo(new Board.Gic("gic", 0x0800_0000L, 0x0801_0000L, 0x0803_0000L, 0x0804_0000L, 256, 9));
        assertThat(board.timers()).isEqualTo(new Board.Timers(13, 14, 11, 10));
        assertThat(board.cores())
                .isEqualTo(new Board.Cores("cortex-a72", "", 8, 1, 1_000_000_000L, 62_500_000L, 2_000));
        assertThat(board.costs()).containsOnlyKeys(Cost.values());
        assertThat(board.device("gpio").setting("power-key")).isEqualTo(3);
        assertThat(board.device("virtio").size()).isEqualTo(0x4000);
        assertThat(board.device("virtio").interrupts()).isEqualTo(32);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max: 8                     | max: 9               | cores.max: 9 is outside 1 to 8",
                "max: 8                     | max: eight           | cores.max: \"eight\" is not an integer",
                "max: 8                     | max: [8]             | cores.max: is a list; a single value is expected",
                "max: 8                     | mux: 8               | cores.mux: unknown key; known here: model, max",
                "max: 8                     | mux: 8               | cores.max: is missing",
                "max: 8                     | max: 0               | cores.max: 0 is outside 1 to 8",
                "model: cortex-a72          | model: pentium       | cores.model: \"pentium\" is not one of: cortex-a53",
                "counter-hertz: 62_500_000  | counter-hertz: 2_000_000_000 | must be slower than the cores",
                "quantum: 2_000             | quantum: 5           | cores.quantum: 5 is outside 100 to",
                "default: 1G                | default: 1T          | memory.default: \"1T\" is not a size like 512M",
                "default: 1G                | default: 1000        | memory.default: 1000 is outside 4096 to",
                "default: 1G                | default: 5000        | memory.default: 0x1388 is not a multiple of 4096",
                "max: 255G                  | max: 512M            | memory.default: is more than max",
                "max: 255G                  | max: 0xfffffff000    | ends at 0x1003ffff000, beyond 40 address bits",
                "distributor: 0x0800_0000   | distributor: 0x0800_0800 | 0x8000800 is not a multiple of 4096",
                "distributor: 0x0800_0000   | distributor: 0x0801_8000 | gic CPU interface (GICC) at 0x8010000..0x801ffff overlaps gic distributor",
                "spis: 256                  | spis: 250            | spis: 250 is not a multiple of 32 (GICv2",
                "spis: 256                  | spis: 32             | needs SPI 16 to 47, and the interrupt controller has 32",
                "maintenance: 9             | maintenance: 11      | timers.virtual: PPI 11 (INTID 27) of virtual is already the interrupt of maintenance",
                "maintenance: 9             | maintenance: 16      | maintenance: 16 is outside 0 to 15",
                "console: uart0             | console: rtc         | console: \"rtc\" is not the name of a UART",
                "base: 0x0901_0000          | base: 0x0900_0000    | rtc at 0x9000000..0x9000fff overlaps uart0 at 0x9000000..0x9000fff (line 55)",
                "base: 0x0901_0000          | base: 0x4000_0000    | rtc at 0x40000000..0x40000fff overlaps ram at 0x40000000",
                "base: 0x0901_0000          | base: 0x0901_0004    | devices[1].base: 0x9010004 is not a multiple of 4096",
                "base: 0x0901_0000          | base: -4096          | devices[1].base: \"-4096\" is not an integer",
                "type: pl031, base: 0x0901_0000, interrupt: 2 | type: pl031, base: 0x0901_0000, interrupt: 1 | SPI 1 (INTID 33) of rtc is already the interrupt of uart0",
                "type: pl031, base: 0x0901_0000, interrupt: 2 | type: pl031, base: 0x0901_0000, interrupt: 40 | of virtio is already the interrupt of rtc",
                "name: rtc                  | name: uart0          | devices[1].name: \"uart0\" is used twice",
                "type: pl031                | type: pl999          | devices[1].type: \"pl999\" is not one of: goldfish-rtc, ns16550, pl011, pl031, pl061, test-finisher, virtio-mmio",
                ", power-key: 3             | ''                   | devices[2].power-key: is missing",
                "power-key: 3               | power-key: 8         | power-key: 8 is outside 0 to 7",
                "slots: 32                  | slots: 12            | the window is 6144 bytes, not a multiple of 4096",
                "stride: 0x200              | stride: 0x300        | devices[3].stride: 768 is not a power of two",
                "architecture: aarch64      | architecture: z80    | architecture: \"z80\" is not one of: aarch64, riscv64",
                "architecture: aarch64      | architecture: riscv64 | cores.isa: is missing",
                "conduit: smc               | conduit: mail        | firmware.conduit: \"mail\" is not one of: smc",
                "board: qemu-aarch64        | board: ''            | board: is empty",
            })
    void aMistakeIsNamedWithItsLineAndRule(String part, String by, String message) {
        String yaml = Yaml.replace(part, by);
        InputException error = catchThrowableOfType(InputException.class, () -> BoardReader.read("my.yaml", yaml));
        assertThat(error).isNotNull();
        assertThat(error.problems()).anySatisfy(problem -> assertThat(problem).contains(message));
        assertThat(error.problems()).allSatisfy(problem -> assertThat(problem).matches("my\\.yaml:\\d+: .*"));
    }

    @Test
    void allMistakesAreListedInTheOrderOfLines() {
        String yaml = Yaml.replace("max: 8", "max: 80")
                .replace("interrupt: 7", "interrupt: 1")
                .replace("cortex-a72", "z80");
        InputException error = catchThrowableOfType(InputException.class, () -> BoardReader.read("my.yaml", yaml));
        List<String> problems = error.problems();
        assertThat(problems).hasSize(3);
        assertThat(problems.get(0)).startsWith("my.yaml:9: cores.model");
        assertThat(problems.get(1)).startsWith("my.yaml:10: cores.max");
        assertThat(problems.get(2)).contains("gpio is already the interrupt of uart0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "42",
                "- a\n- b\n",
                "a: [",
                "a: b: c",
                "\t",
                "a: 1\n---\nb: 2\n",
                "{a: {b: {c: 1}}}",
                "a: *x",
                "!!binary x"
            })
    void whatIsNoBoardIsAnErrorWithALine(String yaml) {
        InputException error = catchThrowableOfType(InputException.class, () -> BoardReader.read("my.yaml", yaml));
        assertThat(error).isNotNull();
        assertThat(error.problems())
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem).matches("(?s)my\\.yaml:\\d+: .*"));
    }

    @Test
    void everyTruncationOfABoardIsReadOrRefused() {
        String yaml = Yaml.shipped();
        int refused = 0;
        for (int length = 0; length < yaml.length(); length += 7) {
            String part = yaml.substring(0, length);
            try {
                BoardReader.read("my.yaml", part);
            } catch (InputException error) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(yaml.length() / 7 / 2);
    }

    @Test
    void aKeyThatIsThereTwiceIsNamed() {
        String yaml = Yaml.replace("console: uart0", "console: uart0\nconsole: uart0");
        InputException error = catchThrowableOfType(InputException.class, () -> BoardReader.read("my.yaml", yaml));
        assertThat(error.problems()).singleElement().asString().contains("console: the key is already in line");
    }
}
