package org.shyperlab.emulator.debug.aarch64;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.shyperlab.emulator.core.aarch64.SysReg;

class SyndromesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5a000000 | HVC #0 (EC 0x16, HVC instruction)",
                "5a004a48 | HVC #19016 (EC 0x16, HVC instruction)",
                "5e000000 | SMC #0 while HCR_EL2.TSC=1 (EC 0x17, SMC instruction trap)",
                "07e00000 | WFI while HCR_EL2.TWI=1 (EC 0x01, WFI or WFE trap)",
                "07e00001 | WFE while HCR_EL2.TWE=1 (EC 0x01, WFI or WFE trap)",
                "02000000 | EC 0x00, unknown reason: usually an undefined instruction",
                "f2000001 | BRK #1 (EC 0x3c, BRK instruction)",
                "fe000000 | reserved exception class with ISS 0x0000000 (EC 0x3f)",
            })
    void exceptionsTakenToEl2AreToldInOneSentence(String syndrome, String sentence) {
        assertThat(Syndromes.atEl2(Integer.parseUnsignedInt(syndrome, 16))).isEqualTo(sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "93830046 | store of 4 bytes from w3, stage-2 translation fault at level 2",
                "938300c6 | store of 4 bytes from w3, stage-2 translation fault at level 2, during a stage-1 walk",
                "93e5800f | load of 8 bytes into x5 with sign extension, stage-2 permission fault at level 3",
                "931f0005 | load of 1 byte into wzr, stage-2 translation fault at level 1",
                "92000010 | load (size and register are not in the syndrome, ISV=0), external abort",
                "82000086 | instruction fetch, stage-2 translation fault at level 2, during a stage-1 walk",
            })
    void abortsTakenToEl2TellAccessStageAndLevel(String syndrome, String what) {
        int value = Integer.parseUnsignedInt(syndrome, 16);
        assertThat(Syndromes.atEl2(value))
                .isIn(
                        what + " (EC 0x24, data abort from a lower exception level)",
                        what + " (EC 0x20, instruction abort from a lower exception level)");
    }

    @Test
    void aTrappedRegisterWriteNamesTheRegisterAndTheTrapBit() {
        assertThat(Syndromes.atEl2(systemAccess(SysReg.TTBR0_EL1.encoding(), 5, false)))
                .isEqualTo(
                        "EL1 wrote TTBR0_EL1 from x5 while HCR_EL2.TVM=1 (EC 0x18, MSR, MRS or system instruction trap)");
    }

    @Test
    void aTrappedRegisterReadNamesTheBitThatTrapsReads() {
        assertThat(Syndromes.atEl2(systemAccess(SysReg.SCTLR_EL1.encoding(), 31, true)))
                .startsWith("EL1 read SCTLR_EL1 into xzr while HCR_EL2.TRVM=1");
        assertThat(Syndromes.atEl2(systemAccess(SysReg.CNTPCT_EL0.encoding(), 2, true)))
                .startsWith("the guest read CNTPCT_EL0 into x2 while CNTHCTL_EL2.EL1PCTEN=0");
    }

    @Test
    void aTrappedSystemInstructionIsCalledAnInstruction() {
        assertThat(Syndromes.atEl2(systemAccess(SysReg.encode(1, 0, 7, 14, 2), 1, false)))
                .startsWith("the guest executed DC CISW, x1 while HCR_EL2.TSW=1");
    }

    @Test
    void aRegisterWithoutANameIsWrittenByItsEncoding() {
        assertThat(Syndromes.atEl2(systemAccess(SysReg.encode(3, 0, 15, 2, 7), 0, true)))
                .startsWith("the guest read S3_0_C15_C2_7 into x0 (EC 0x18");
    }

    @Test
    void anAbortTakenToEl1IsOfStageOne() {
        assertThat(Syndromes.atEl1(0x96000045))
                .isEqualTo(
                        "store (size and register are not in the syndrome, ISV=0), stage-1 translation fault at level 1"
                                + " (EC 0x25, data abort without a change of exception level)");
    }

    @Test
    void everySyndromeHasASentence() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 200_000; i++) {
            int syndrome = random.nextInt();
            assertThat(Syndromes.atEl1(syndrome)).isNotBlank().doesNotContain("null");
            assertThat(Syndromes.atEl2(syndrome)).isNotBlank().doesNotContain("null");
        }
    }

    @ParameterizedTest
    @EnumSource(ExceptionClass.class)
    void everyExceptionClassIsFoundByItsCodeAndNamesIt(ExceptionClass exceptionClass) {
        int syndrome = exceptionClass.code() << 26;
        assertThat(ExceptionClass.of(syndrome)).isEqualTo(exceptionClass);
        assertThat(Syndromes.atEl2(syndrome))
                .contains("EC 0x%02x".formatted(exceptionClass.code()), exceptionClass.title());
    }

    static int systemAccess(int encoding, int register, boolean isRead) {
        int op0 = encoding >> 14 & 3;
        int op1 = encoding >> 11 & 7;
        int crn = encoding >> 7 & 15;
        int crm = encoding >> 3 & 15;
        int op2 = encoding & 7;
        return 0x18 << 26
                | 1 << 25
                | op0 << 20
                | op2 << 17
                | op1 << 14
                | crn << 10
                | register << 5
                | crm << 1
                | (isRead ? 1 : 0);
    }
}
