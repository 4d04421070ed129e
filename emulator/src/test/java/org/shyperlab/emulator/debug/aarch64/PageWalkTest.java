package org.shyperlab.emulator.debug.aarch64;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.debug.PageWalk;
import org.shyperlab.emulator.debug.PageWalk.Access;
import org.shyperlab.emulator.debug.PageWalk.Fault;
import org.shyperlab.emulator.debug.PageWalk.Kind;
import org.shyperlab.emulator.debug.PageWalk.Mapped;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.memory.PhysicalMemory;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * Hand-made tables: RAM of 2 MiB at 0x40000000; stage-1 tables of the guest at IPA 0x80000000 and up, which stage 2 maps to that RAM
 * with one 2 MiB block.
 */
class PageWalkTest {
    private static final long RAM = 0x4000_0000L;
    private static final long GUEST_RAM = 0x8000_0000L;
    private static final long STAGE2_L1 = RAM + 0x2000;
    private static final long STAGE2_L2 = RAM + 0x4000;
    /** 40-bit IPA, 4 KiB granule, start at level 1 with two concatenated tables, 40-bit PA. */
    private static final long VTCR = 0x8002_3558L;

    private static final long TCR_48_BIT = 5L << 32 | 2L << 30 | 16 << 16 | 16;
    private static final long MAIR = 0x04ffL;
    private static final long LEAF = 0x701;

    private final PhysicalMemory ram =
            new PhysicalMemory("ram", RAM, Arena.ofAuto().allocate(0x20_0000, 4096));
    private final AddressSpace memory = new AddressSpace(GuestErrors.IGNORE);
    private long hcr = 1;
    private long tcr = TCR_48_BIT;
    private long sctlr = 1;

    PageWalkTest() {
        memory.addRam(ram);
        ram.write(STAGE2_L1 + 2 * 8, 8, STAGE2_L2 | 3);
        ram.write(STAGE2_L2, 8, RAM | LEAF | 0xfc);
        ram.write(RAM + 0x10000, 8, GUEST_RAM + 0x11000 | 3);
        ram.write(RAM + 0x11000, 8, GUEST_RAM + 0x12000 | 3);
        ram.write(RAM + 0x12000, 8, GUEST_RAM + 0x13000 | 3);
        map(0, GUEST_RAM + 0x8_0000, 0);
    }

    /** Writes level-3 entry {@code index} of the guest. */
    private void map(int index, long ipa, long bits) {
        ram.write(RAM + 0x13000 + 8L * index, 8, ipa | LEAF | 2 | bits);
    }

    private PageWalk walk(long va, Access access, boolean atEl0) {
        long table = GUEST_RAM + 0x10000;
        A64TranslationRegisters registers = new A64TranslationRegisters(
                sctlr, tcr, table, table | 0x1234L << 48, MAIR, hcr, VTCR, 1L << 48 | STAGE2_L1);
        return PageWalk.explain(memory, registers, va, access, atEl0);
    }

    @Test
    void everyStageOneDescriptorIsItselfTranslatedByStageTwo() {
        PageWalk walk = walk(0x123, Access.WRITE, false);
        assertThat(walk.outcome()).isEqualTo(new Mapped(GUEST_RAM + 0x8_0123, RAM + 0x8_0123, "ram"));
        // Four stage-1 levels, each after two of stage 2, and two for the result.
        assertThat(walk.steps()).hasSize(4 * 3 + 2);
        assertThat(walk.steps())
                .filteredOn(step -> step.stage() == 1)
                .extracting(PageWalk.Step::kind)
                .containsExactly(Kind.TABLE, Kind.TABLE, Kind.TABLE, Kind.PAGE);
    }

    @Test
    void theTextShowsAddressesPermissionsAndMemoryTypes() {
        assertThat(walk(0x123, Access.WRITE, false).lines())
                .hasSize(16)
                .contains(
                        "walk of VA 0x0000000000000123 (write at EL1)",
                        "      stage 2 L1  IPA 0x80010000  [PA 0x40002010]  0000000040004003  table: next table at PA 0x40004000",
                        "  stage 1 L0  [IPA 0x80010000 = PA 0x40010000]  0000000080011003  table: next table at IPA 0x80011000",
                        "  stage 1 L3  [IPA 0x80013000 = PA 0x40013000]  0000000080080703  page: 4 KiB at IPA 0x80080000, EL1 rwx, EL0 --x,"
                                + " Normal outer write-back inner write-back (AttrIndx 0), inner shareable",
                        "  => IPA 0x80080123, PA 0x40080123 in ram");
    }

    @Test
    void anUpperAddressGoesThroughTtbr1WhoseAsidIsNoAddress() {
        assertThat(walk(0xffff_0000_0000_0fffL, Access.READ, false).outcome())
                .isEqualTo(new Mapped(GUEST_RAM + 0x8_0fff, RAM + 0x8_0fff, "ram"));
    }

    @Test
    void anAddressBetweenTheTwoHalvesIsATranslationFaultAtLevelZero() {
        Fault fault = (Fault) walk(0x0001_0000_0000_0000L, Access.READ, false).outcome();
        assertThat(fault.code()).isEqualTo(0x04);
        assertThat(fault.reason()).contains("outside the 48 bits of TCR_EL1.T0SZ");
    }

    @Test
    void theTopByteIsIgnoredOnlyWhenTcrSaysSo() {
        long tagged = 0xab00_0000_0000_0123L;
        assertThat(walk(tagged, Access.READ, false).isMapped()).isFalse();
        tcr |= 1L << 37;
        assertThat(walk(tagged, Access.READ, false).isMapped()).isTrue();
    }

    @Test
    void anUnmappedPageIsAStageOneTranslationFaultAtItsLevel() {
        Fault fault = (Fault) walk(0x5000, Access.READ, false).outcome();
        assertThat(fault).isEqualTo(new Fault(1, 3, 0x07, null, 0, "the stage-1 descriptor is invalid"));
        assertThat(fault.code()).isEqualTo(0x07);
    }

    @Test
    void userCodeMayNotTouchAPageOfTheKernel() {
        assertThat(walk(0, Access.READ, true).outcome())
                .isEqualTo(new Fault(1, 3, 0x0f, null, 0, "stage 1 does not allow reads at EL0 (EL1 rwx, EL0 --x)"));
    }

    @Test
    void theKernelDoesNotExecuteWhatUserCodeMayWrite() {
        map(1, GUEST_RAM + 0x8_0000, 1 << 6);
        assertThat(walk(0x1000, Access.FETCH, true).isMapped()).isTrue();
        assertThat(((Fault) walk(0x1000, Access.FETCH, false).outcome()).code()).isEqualTo(0x0f);
    }

    @Test
    void aPageWithoutAccessFlagFaultsAtItsLevel() {
        ram.write(RAM + 0x13008, 8, GUEST_RAM + 0x8_0000 | 0x303);
        assertThat(((Fault) walk(0x1000, Access.READ, false).outcome()).code()).isEqualTo(0x0b);
    }

    @Test
    void anAddressThatStageTwoDoesNotMapTellsItsIpaAndHpfar() {
        map(1, 0x0900_0000, 0);
        PageWalk walk = walk(0x1044, Access.WRITE, false);
        Fault fault = (Fault) walk.outcome();
        assertThat(fault.stage()).isEqualTo(2);
        assertThat(fault.code()).isEqualTo(0x05);
        assertThat(fault.isInWalk()).isFalse();
        assertThat(fault.ipa()).isEqualTo(0x0900_0044);
        assertThat(A64Terms.hpfar(fault)).isEqualTo(0x9_0000);
        assertThat(walk.lines())
                .last()
                .isEqualTo("  => stage-2 translation fault at level 1: the stage-2 descriptor is invalid"
                        + " (DFSC 0x05, IPA 0x9000044, HPFAR_EL2 0x90000)");
    }

    @Test
    void aTableThatStageTwoDoesNotMapIsAFaultDuringTheStageOneWalk() {
        ram.write(RAM + 0x12000, 8, 0xc000_0000L | 3);
        Fault fault = (Fault) walk(0, Access.WRITE, false).outcome();
        assertThat(fault.isInWalk()).isTrue();
        assertThat(fault.code()).isEqualTo(0x05);
        assertThat(fault.ipa()).isEqualTo(0xc000_0000L);
    }

    @Test
    void aReadOnlyStageTwoBlockRefusesWritesButNotTheWalk() {
        ram.write(STAGE2_L2, 8, RAM | LEAF | 0x7c);
        assertThat(walk(0, Access.READ, false).isMapped()).isTrue();
        Fault fault = (Fault) walk(0, Access.WRITE, false).outcome();
        assertThat(fault.code()).isEqualTo(0x0e);
        assertThat(fault.reason()).isEqualTo("stage 2 does not allow writes (S2AP=1)");
    }

    @Test
    void withStageOneOffTheVirtualAddressIsTheIpa() {
        sctlr = 0;
        assertThat(walk(GUEST_RAM + 0x44, Access.FETCH, false).outcome())
                .isEqualTo(new Mapped(GUEST_RAM + 0x44, RAM + 0x44, "ram"));
    }

    @Test
    void withBothStagesOffTheVirtualAddressIsThePhysicalOne() {
        sctlr = 0;
        hcr = 0;
        PageWalk walk = walk(RAM + 8, Access.READ, false);
        assertThat(walk.outcome()).isEqualTo(new Mapped(RAM + 8, RAM + 8, "ram"));
        assertThat(walk.steps()).isEmpty();
    }

    @Test
    void aTableInADeviceIsExplainedAndTheDeviceIsNotTouched() {
        memory.attach(new UntouchableDevice(), 0x0900_0000);
        ram.write(STAGE2_L2, 8, RAM | LEAF | 0xfc);
        ram.write(STAGE2_L1, 8, LEAF | 0xfc);
        ram.write(RAM + 0x12000, 8, 0x0900_0000 | 3);
        PageWalk walk = walk(0, Access.READ, false);
        Fault fault = (Fault) walk.outcome();
        assertThat(fault.stage()).isEqualTo(1);
        assertThat(fault.code()).isEqualTo(0x17);
        assertThat(fault.reason()).isEqualTo("the stage-1 table is not in RAM: at PA 0x9000000 is do-not-touch");
        assertThat(walk.steps()).last().extracting(PageWalk.Step::kind).isEqualTo(Kind.UNREADABLE);
    }

    @Test
    void aStageTwoTableInAHoleIsExplained() {
        ram.write(STAGE2_L1 + 2 * 8, 8, 0x7_0000_0003L);
        Fault fault = (Fault) walk(0, Access.READ, false).outcome();
        assertThat(fault.code() & ~3).isEqualTo(0x14);
        assertThat(fault.reason()).isEqualTo("the stage-2 table is not in RAM: at 0x700000000 is nothing");
    }

    @Test
    void theUpperHalfOfConcatenatedTablesIsReached() {
        // IPA bit 39 selects the second of the two level-1 tables, which starts one page after the first.
        hcr = 1;
        sctlr = 0;
        A64TranslationRegisters registers = new A64TranslationRegisters(0, 0, 0, 0, 0, 1, VTCR, RAM + 0x2_0000);
        ram.write(RAM + 0x2_1000, 8, RAM | LEAF | 0xfc);
        assertThat(PageWalk.explain(memory, registers, 1L << 39 | 0x10, Access.READ, false)
                        .outcome())
                .isEqualTo(new Mapped(1L << 39 | 0x10, RAM | 0x10, "ram"));
    }

    @Test
    void sixtyFourKibPagesAreWalkedInTwoLevelsFor42Bits() {
        hcr = 0;
        A64TranslationRegisters registers =
                new A64TranslationRegisters(1, 5L << 32 | 1 << 14 | 22, RAM + 0x1_0000, 0, 0, 0, 0, 0);
        ram.write(RAM + 0x1_0000, 8, RAM + 0x2_0000 | 3);
        ram.write(RAM + 0x2_0008, 8, RAM + 0x3_0000 | LEAF | 2);
        PageWalk walk = PageWalk.explain(memory, registers, 0x1_0abc, Access.READ, false);
        assertThat(walk.steps()).extracting(PageWalk.Step::level).containsExactly(2, 3);
        assertThat(walk.outcome()).isEqualTo(new Mapped(RAM + 0x3_0abc, RAM + 0x3_0abc, "ram"));
    }

    private static final class UntouchableDevice implements Device {
        @Override
        public String name() {
            return "do-not-touch";
        }

        @Override
        public long size() {
            return 0x1000;
        }

        @Override
        public long read(int core, long offset, int size) {
            throw new AssertionError("a page walk read a device");
        }

        @Override
        public void write(int core, long offset, int size, long value) {
            throw new AssertionError("a page walk wrote a device");
        }

        @Override
        public void reset() {
            throw new AssertionError("a page walk reset a device");
        }
    }
}
