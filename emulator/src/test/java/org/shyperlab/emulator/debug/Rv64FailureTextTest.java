package org.shyperlab.emulator.debug;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.debug.riscv64.Rv64TranslationRegisters;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.memory.PhysicalMemory;
import org.shyperlab.emulator.trace.GuestErrors;

/** A guest with VS-stage off whose RAM, 2 MiB at GPA 0x40000000, is at 0x80000000. */
class Rv64FailureTextTest {
    private static final long RAM = 0x8000_0000L;
    private static final long PC = 0x4001_0006L;
    private static final long NOWHERE = 0x5000_0008L;
    private static final int STORE_OF_A2 = 0x00c0_2023;

    private final PhysicalMemory ram =
            new PhysicalMemory("ram", RAM, Arena.ofAuto().allocate(0x20_0000, 4096));
    private final AddressSpace memory = new AddressSpace(GuestErrors.IGNORE);

    Rv64FailureTextTest() {
        memory.addRam(ram);
        ram.write(RAM + 8, 8, RAM + 0x4000 >>> 12 << 10 | 1);
        ram.write(RAM + 0x4000, 8, RAM >>> 12 << 10 | 0xdf);
        ram.write(RAM + 0x1_0000, 4, 0x0000_0013);
        ram.write(RAM + 0x1_0004, 2, 0x1141);
        ram.write(RAM + 0x1_0006, 4, 0x00c5_a023);
        ram.write(RAM + 0x1_000a, 2, 0x8082);
    }

    private static Rv64TranslationRegisters registers(int htinst, long gpa) {
        return new Rv64TranslationRegisters(
                0, 0x2_0020_01c0L, 8L << 60 | RAM >>> 12, 0, 0, gpa >>> 2, htinst, 1L << 40);
    }

    private static GuestFailure failure(int cause, long pc, long va, int level) {
        return new GuestFailure(
                1,
                "hello",
                0,
                3,
                "nothing is at this address",
                level,
                pc,
                0x2_0000_0122L,
                cause,
                va,
                LongStream.range(0, 32).boxed().toList(),
                List.of(
                        new GuestFailure.RecentTrap(100, TrapKind.ECALL, 0x4000_0000L, 10, 0),
                        new GuestFailure.RecentTrap(150, TrapKind.WAIT, 0x4000_0004L, 22, 0),
                        new GuestFailure.RecentTrap(200, TrapKind.GUEST_PAGE_FAULT, pc, cause, va)));
    }

    private List<String> report(GuestFailure failure, int htinst) {
        return FailureText.lines(
                failure,
                memory,
                registers(htinst, failure.virtualAddress()),
                Disassembler.withoutCapstone(InstructionSet.RV64));
    }

    @Test
    void theFirstParagraphTellsWhoDidWhatWhere() {
        assertThat(report(failure(23, PC, NOWHERE, 1), STORE_OF_A2))
                .first()
                .isEqualTo("VM 1 (hello) was stopped: nothing is at this address."
                        + " Its vCPU 0 was on core 3 in VS, PC 0x40010006, at \"00c5a023  .word 0x00c5a023\"."
                        + " Store/AMO guest-page fault: store of 4 bytes from a2"
                        + " (scause 23, htval 0x14000002, htinst 0x00c02023)."
                        + " The address is VA 0x50000008, GPA 0x50000008: the G-stage entry is invalid: V=0.");
    }

    @Test
    void theDetailsAreCodeWalkRegistersAndTraps() {
        assertThat(report(failure(23, PC, NOWHERE, 1), STORE_OF_A2))
                .contains(
                        "     0x0000000040010000  00000013  .word 0x00000013",
                        "     0x0000000040010004  1141  .half 0x1141",
                        "  -> 0x0000000040010006  00c5a023  .word 0x00c5a023",
                        "     0x000000004001000a  8082  .half 0x8082",
                        "  walk of VA 0x0000000050000008 (write in VS)",
                        "        G-stage L2  GPA 0x50000008  [PA 0x80000008]  0000000020001001  table: next table at PA 0x80004000",
                        "        G-stage L1  GPA 0x50000008  [PA 0x80004400]  0000000000000000  invalid: V=0",
                        "    => G-stage, store/AMO guest-page fault at level 1: the G-stage entry is invalid: V=0"
                                + " (scause 23, GPA 0x50000008, htval 0x14000002)",
                        "  zero 0000000000000000  ra  0000000000000001  sp  0000000000000002  gp  0000000000000003",
                        "  t3  000000000000001c  t4  000000000000001d  t5  000000000000001e  t6  000000000000001f",
                        "  vsstatus SIE SPIE SPP=VS UXL=64 (0x200000122)",
                        "  hstatus GVA SPV SPVP=VS VTW VSXL=64 (0x2002001c0)",
                        "  cycle 100  PC 0x40000000  environment call from VS (scause 10)",
                        "  cycle 150  PC 0x40000004  WFI, virtual instruction (scause 22)",
                        "  cycle 200  PC 0x40010006  store/AMO guest-page fault (scause 23), GPA 0x50000008");
    }

    @Test
    void aFailureThatIsNoRefusedAccessHasNoWalk() {
        assertThat(report(failure(3, PC, 0, 0), 0))
                .noneMatch(line -> line.contains("walk of VA"))
                .first()
                .asString()
                .contains("in VU")
                .endsWith("Breakpoint (scause 3).");
    }

    @Test
    void codeThatCannotBeReadSaysWhy() {
        assertThat(report(failure(20, NOWHERE, NOWHERE, 1), 0))
                .contains("  -> 0x0000000050000008  (not readable: G-stage, instruction guest-page fault at level 1)")
                .first()
                .asString()
                .contains(
                        "Instruction guest-page fault: no instruction is told (scause 20, htval 0x14000002, htinst 0x00000000).");
    }

    @Test
    void aFaultThatTheTablesNoLongerExplainSaysSo() {
        assertThat(report(failure(21, PC, 0x4000_0040L, 1), 0))
                .first()
                .asString()
                .endsWith("GPA 0x40000040; the tables as they are now allow the access (PA 0x80000040 in ram),"
                        + " so they were changed since, or an SFENCE.VMA or HFENCE.GVMA is missing.");
    }

    @Test
    void anInstructionWhoseRestIsNotReadableSaysSo() {
        ram.write(RAM + 0x1f_fffe, 2, 0xa023);
        assertThat(report(failure(20, 0x401f_fffeL, 0x4020_0000L, 1), 0))
                .contains(
                        "  -> 0x00000000401ffffe  a023, and the rest is not readable: G-stage, instruction guest-page fault"
                                + " at level 1");
    }

    @Test
    void everyFailureHasAReport() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 20_000; i++) {
            GuestFailure failure = failure(
                    random.nextBoolean() ? random.nextInt(26) : random.nextInt(),
                    random.nextBoolean() ? 0x4000_0000L + random.nextInt(0x20_0000) : random.nextLong(),
                    random.nextLong(),
                    random.nextInt(2));
            assertThat(report(failure, random.nextInt())).hasSizeGreaterThan(18).noneMatch(String::isBlank);
        }
    }
}
