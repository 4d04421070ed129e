package org.shyperlab.emulator.debug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisassemblerTest {
    private final Disassembler withoutCapstone = new Disassembler(null);

    private static Disassembler withCapstone() {
        Disassembler disassembler = Disassembler.of(InstructionSet.A64);
        assumeTrue(disassembler.knowsInstructions(), "Capstone is not installed: scripts/shyper doctor --install");
        return disassembler;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "d4000002 | hvc #0",
                "d503207f | wfi",
                "b9000443 | str w3, [x2, #4]",
                "14000004 | b #0x80010",
                "d5182000 | msr ttbr0_el1, x0",
                "d53be040 | mrs x0, cntvct_el0",
            })
    void instructionsAreNamed(String word, String text) {
        assertThat(withCapstone().at(Integer.parseUnsignedInt(word, 16), 0x80000))
                .isEqualTo(text);
    }

    @Test
    void aWordThatIsNoInstructionIsShownAsData() {
        assertThat(withCapstone().at(0xffff_ffff, 0)).isEqualTo(".word 0xffffffff");
    }

    @Test
    void everyWordHasSomeText() {
        Disassembler disassembler = withCapstone();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 300_000; i++) {
            assertThat(disassembler.at(random.nextInt(), random.nextLong())).isNotBlank();
        }
    }

    @Test
    void withoutCapstoneEveryInstructionIsShownAsData() {
        assertThat(withoutCapstone.at(0xd4000002, 0)).isEqualTo(".word 0xd4000002");
    }

    @Test
    void aListingMarksTheLineOfTheProgramCounter() {
        assertThat(withoutCapstone.lines(new int[] {1, 0xd503207f}, 0x4008_0000L, 0x4008_0004L))
                .containsExactly(
                        "   0x0000000040080000  00000001  .word 0x00000001",
                        "-> 0x0000000040080004  d503207f  .word 0xd503207f");
    }

    @Test
    void aListingThatWrapsAroundTheAddressSpaceHasItsLines() {
        assertThat(withoutCapstone.lines(new int[] {0, 0}, -4, 0))
                .hasSize(2)
                .last()
                .asString()
                .startsWith("-> 0x0000000000000000");
    }
}
