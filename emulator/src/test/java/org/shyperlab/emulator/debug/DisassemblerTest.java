package org.shyperlab.emulator.debug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DisassemblerTest {
    private final Disassembler withoutCapstone = Disassembler.withoutCapstone(InstructionSet.A64);

    private static Disassembler withCapstone(InstructionSet instructionSet) {
        Disassembler disassembler = Disassembler.of(instructionSet);
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
        assertThat(withCapstone(InstructionSet.A64).at(Integer.parseUnsignedInt(word, 16), 0x80000))
                .isEqualTo(text);
    }

    @Test
    void aWordThatIsNoInstructionIsShownAsData() {
        assertThat(withCapstone(InstructionSet.A64).at(0xffff_ffff, 0)).isEqualTo(".word 0xffffffff");
    }

    @ParameterizedTest
    @EnumSource(InstructionSet.class)
    void everyWordHasSomeText(InstructionSet instructionSet) {
        Disassembler disassembler = withCapstone(instructionSet);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 300_000; i++) {
            assertThat(disassembler.at(random.nextInt(), random.nextLong())).isNotBlank();
        }
    }

    /** As the GNU assembler's disassembler has them, but for its aliases. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "00c5a223 | sw a2, 4(a1)",
                "00000073 | ecall",
                "10500073 | wfi",
                "10200073 | sret",
                "12050073 | sfence.vma a0",
                "     1141 | c.addi sp, -0x10",
                "     60a2 | c.ldsp ra, 8(sp)",
                "     8082 | c.jr ra",
                "00b50063 | beq a0, a1, 0x80001000",
                "feb56ee3 | bltu a0, a1, 0x80000ffc",
                "ff9ff0ef | jal 0x80000ff8",
                "     bfd5 | c.j 0x80000ff4",
                "     e13d | c.bnez a0, 0x80001066",
            })
    void instructionsOfRiscvAreNamed(String word, String text) {
        assertThat(withCapstone(InstructionSet.RV64).at(Integer.parseUnsignedInt(word, 16), 0x8000_1000L))
                .isEqualTo(text);
    }

    /** What Capstone does not know; golden texts from the GNU disassembler. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "22c58073 | hfence.vvma a1, a2",
                "62000073 | hfence.gvma zero, zero",
                "66c58073 | hinval.gvma a1, a2",
                "26c58073 | hinval.vvma a1, a2",
                "16628073 | sinval.vma t0, t1",
                "18000073 | sfence.w.inval",
                "18100073 | sfence.inval.ir",
                "6005c573 | hlv.b a0, (a1)",
                "6015c573 | hlv.bu a0, (a1)",
                "6405c573 | hlv.h a0, (a1)",
                "6415c573 | hlv.hu a0, (a1)",
                "6435c573 | hlvx.hu a0, (a1)",
                "6805c573 | hlv.w a0, (a1)",
                "6815c573 | hlv.wu a0, (a1)",
                "6835c573 | hlvx.wu a0, (a1)",
                "6c05c573 | hlv.d a0, (a1)",
                "62a5c073 | hsv.b a0, (a1)",
                "66a5c073 | hsv.h a0, (a1)",
                "6aa5c073 | hsv.w a0, (a1)",
                "6fbfc073 | hsv.d s11, (t6)",
                "00d00073 | wrs.nto",
                "01d00073 | wrs.sto",
                "0100000f | pause",
                "0045200f | cbo.zero (a0)",
                "0005200f | cbo.inval (a0)",
                "0015200f | cbo.clean (a0)",
                "0025200f | cbo.flush (a0)",
                "60002573 | csrr a0, hstatus",
                "68059073 | csrw hgatp, a1",
                "14059573 | csrrw a0, sscratch, a1",
                "6455a073 | csrs hvip, a1",
                "6045b073 | csrc hie, a1",
                "204322f3 | csrrs t0, vsie, t1",
                "2441d073 | csrwi vsip, 3",
                "10016073 | csrsi sstatus, 2",
                "100173f3 | csrrci t2, sstatus, 2",
                "c0102573 | rdtime a0",
                "c0002ff3 | rdcycle t6",
                "14d02573 | csrr a0, stimecmp",
                "7c002573 | csrr a0, 0x7c0",
            })
    void hypervisorInstructionsAndCsrsAreNamedWithoutCapstoneToo(String word, String text) {
        int instruction = Integer.parseUnsignedInt(word, 16);
        assertThat(Disassembler.withoutCapstone(InstructionSet.RV64).at(instruction, 0))
                .isEqualTo(text);
        assertThat(Disassembler.of(InstructionSet.RV64).at(instruction, 0)).isEqualTo(text);
    }

    @Test
    void withoutCapstoneEveryInstructionIsShownAsData() {
        assertThat(withoutCapstone.at(0xd4000002, 0)).isEqualTo(".word 0xd4000002");
        assertThat(Disassembler.withoutCapstone(InstructionSet.RV64).at(0xffff_8082, 0))
                .isEqualTo(".half 0x8082");
    }
}
