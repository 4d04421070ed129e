package org.shyperlab.emulator.debug;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.debug.aarch64.A64TranslationRegisters;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.memory.PhysicalMemory;
import org.shyperlab.emulator.trace.GuestErrors;

/** A guest with stage 1 off whose RAM, 2 MiB at IPA 0x80000000, is at 0x40000000. */
class A64FailureTextTest {
    private static final long RAM = 0x4000_0000L;
    private static final int STORE_TRANSLATION_FAULT = 0x93830045;
    private static final int HVC = 0x5a000000;

    private final PhysicalMemory ram =
            new PhysicalMemory("ram", RAM, Arena.ofAuto().allocate(0x20_0000, 4096));
    private final AddressSpace memory = new AddressSpace(GuestErrors.IGNORE);
    private final A64TranslationRegisters registers =
            new A64TranslationRegisters(0, 0, 0, 0, 0, 1, 0x8002_3558L, RAM + 0x2000);

    A64FailureTextTest() {
        memory.addRam(ram);
        ram.write(RAM + 0x2000 + 2 * 8, 8, RAM + 0x4000 | 3);
        ram.write(RAM + 0x4000, 8, RAM | 0x7fd);
        ram.write(RAM + 0x1_0000, 4, 0xb9000043);
    }

    private static GuestFailure failure(int syndrome, long pc, long va) {
        return new GuestFailure(
                1,
                "hello",
                0,
                3,
                "nothing is at this address",
                1,
                pc,
                0x6000_03c5,
                syndrome,
                va,
                LongStream.range(0, 31).boxed().toList(),
                List.of(
                        new GuestFailure.RecentTrap(100, TrapKind.HVC, 0x8000_0000L, HVC, 0),
                        new GuestFailure.RecentTrap(200, TrapKind.DATA_ABORT, pc, syndrome, va)));
    }

    private List<String> report(GuestFailure failure) {
        return FailureText.lines(failure, memory, registers, Disassembler.withoutCapstone(InstructionSet.A64));
    }

    @Test
    void theFirstParagraphTellsWhoDidWhatWhere() {
        assertThat(report(failure(STORE_TRANSLATION_FAULT, 0x8001_0000L, 0xdead_0010L)))
                .first()
                .isEqualTo("VM 1 (hello) was stopped: nothing is at this address."
                        + " Its vCPU 0 was on core 3 at EL1, PC 0x80010000, at \"b9000043  .word 0xb9000043\"."
                        + " Syndrome 0x93830045: store of 4 bytes from w3, stage-2 translation fault at level 1"
                        + " (EC 0x24, data abort from a lower exception level)."
                        + " The address is VA 0xdead0010, IPA 0xdead0010: the stage-2 descriptor is invalid.");
    }

    @Test
    void theDetailsAreCodeWalkRegistersAndTraps() {
        assertThat(report(failure(STORE_TRANSLATION_FAULT, 0x8001_0000L, 0xdead_0010L)))
                .contains(
                        "  -> 0x0000000080010000  b9000043  .word 0xb9000043",
                        "     0x0000000080010004  00000000  .word 0x00000000",
                        "  walk of VA 0x00000000dead0010 (write at EL1)",
                        "  x0  0000000000000000  x1  0000000000000001  x2  0000000000000002  x3  0000000000000003",
                        "  x28 000000000000001c  x29 000000000000001d  x30 000000000000001e",
                        "  pstate EL1h nZCv DAIF (0x600003c5)",
                        "  cycle 100  PC 0x80000000  HVC #0 (EC 0x16, HVC instruction)",
                        "  cycle 200  PC 0x80010000  store of 4 bytes from w3, stage-2 translation fault at level 1"
                                + " (EC 0x24, data abort from a lower exception level), IPA 0xdead0010");
    }

    @Test
    void aFailureThatIsNoAbortHasNoWalk() {
        assertThat(report(failure(HVC, 0x8001_0000L, 0)))
                .noneMatch(line -> line.contains("walk of VA"))
                .first()
                .asString()
                .endsWith("HVC #0 (EC 0x16, HVC instruction).");
    }

    @Test
    void codeThatCannotBeReadSaysWhy() {
        assertThat(report(failure(0x82000005, 0xdead_0000L, 0xdead_0000L)))
                .contains("  -> 0x00000000dead0000  (not readable: stage-2 translation fault at level 1)");
    }

    @Test
    void aFaultThatTheTablesNoLongerExplainSaysSo() {
        assertThat(report(failure(STORE_TRANSLATION_FAULT, 0x8001_0000L, 0x8000_0040L)))
                .first()
                .asString()
                .contains("the tables as they are now allow the access (PA 0x40000040 in ram)");
    }

    @Test
    void everyFailureHasAReport() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 20_000; i++) {
            GuestFailure failure = failure(random.nextInt(), random.nextLong(), random.nextLong());
            assertThat(report(failure)).hasSizeGreaterThan(18).noneMatch(String::isBlank);
        }
    }
}
