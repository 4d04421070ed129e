package org.shyperlab.emulator.debug.riscv64;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.debug.PageWalk;
import org.shyperlab.emulator.debug.PageWalk.Access;
import org.shyperlab.emulator.debug.PageWalk.Fault;
import org.shyperlab.emulator.debug.PageWalk.Kind;
import org.shyperlab.emulator.debug.PageWalk.Mapped;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.memory.PhysicalMemory;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * Hand-made tables: RAM of 2 MiB at 0x80000000; Sv39 tables of the guest at GPA 0x40000000 and up, which Sv39x4 maps to that RAM with
 * one superpage of 2 MiB.
 */
class PageWalkTest {
    private static final long RAM = 0x8000_0000L;
    private static final long GUEST_RAM = 0x4000_0000L;
    private static final long TABLES = RAM + 0x1_0000;
    private static final int POINTER = 0x01;
    private static final int GUEST_LEAF = 0xdf;
    private static final int KERNEL_LEAF = 0xc7;
    private static final int USER_LEAF = 0xd3;
    private static final long SUM = 1 << 18;

    private final PhysicalMemory ram =
            new PhysicalMemory("ram", RAM, Arena.ofAuto().allocate(0x20_0000, 4096));
    private final AddressSpace memory = new AddressSpace(GuestErrors.IGNORE);
    private long vsstatus;
    private long vsatp = 8L << 60 | GUEST_RAM + 0x1_0000 >>> 12;
    private long hgatp = 8L << 60 | RAM >>> 12;

    PageWalkTest() {
        memory.addRam(ram);
        ram.write(RAM + 8, 8, entry(RAM + 0x4000, POINTER));
        ram.write(RAM + 0x4000, 8, entry(RAM, GUEST_LEAF));
        ram.write(TABLES, 8, entry(GUEST_RAM + 0x1_1000, POINTER));
        ram.write(TABLES + 0x1000, 8, entry(GUEST_RAM + 0x1_2000, POINTER));
        map(0, GUEST_RAM + 0x8_0000, KERNEL_LEAF);
        map(1, GUEST_RAM + 0x8_1000, USER_LEAF);
    }

    private static long entry(long address, long flags) {
        return address >>> 12 << 10 | flags;
    }

    /** Writes level-0 entry {@code index} of the guest. */
    private void map(int index, long gpa, long flags) {
        ram.write(TABLES + 0x2000 + 8L * index, 8, entry(gpa, flags));
    }

    private PageWalk walk(long va, Access access, boolean asUser) {
        Rv64TranslationRegisters registers = new Rv64TranslationRegisters(0, 0, hgatp, vsstatus, vsatp, 0, 0, 1L << 40);
        return PageWalk.explain(memory, registers, va, access, asUser);
    }

    private Fault fault(long va, Access access, boolean asUser) {
        return (Fault) walk(va, access, asUser).outcome();
    }

    @Test
    void theTextShowsBothStagesEntriesFlagsAndRights() {
        assertThat(walk(0x123, Access.WRITE, false).lines())
                .containsExactly(
                        "walk of VA 0x0000000000000123 (write in VS)",
                        "      G-stage L2  GPA 0x40010000  [PA 0x80000008]  0000000020001001  table: next table at PA 0x80004000",
                        "      G-stage L1  GPA 0x40010000  [PA 0x80004000]  00000000200000df  block: 2 MiB at PA 0x80000000,"
                                + " VRWXU-AD: rwx",
                        "  VS-stage L2  [GPA 0x40010000 = PA 0x80010000]  0000000010004401  table: next table at GPA 0x40011000",
                        "      G-stage L2  GPA 0x40011000  [PA 0x80000008]  0000000020001001  table: next table at PA 0x80004000",
                        "      G-stage L1  GPA 0x40011000  [PA 0x80004000]  00000000200000df  block: 2 MiB at PA 0x80000000,"
                                + " VRWXU-AD: rwx",
                        "  VS-stage L1  [GPA 0x40011000 = PA 0x80011000]  0000000010004801  table: next table at GPA 0x40012000",
                        "      G-stage L2  GPA 0x40012000  [PA 0x80000008]  0000000020001001  table: next table at PA 0x80004000",
                        "      G-stage L1  GPA 0x40012000  [PA 0x80004000]  00000000200000df  block: 2 MiB at PA 0x80000000,"
                                + " VRWXU-AD: rwx",
                        "  VS-stage L0  [GPA 0x40012000 = PA 0x80012000]  00000000100200c7  page: 4 KiB at GPA 0x40080000,"
                                + " VRW---AD: VS rw-, VU ---",
                        "      G-stage L2  GPA 0x40080123  [PA 0x80000008]  0000000020001001  table: next table at PA 0x80004000",
                        "      G-stage L1  GPA 0x40080123  [PA 0x80004000]  00000000200000df  block: 2 MiB at PA 0x80000000,"
                                + " VRWXU-AD: rwx",
                        "  => GPA 0x40080123, PA 0x80080123 in ram");
    }

    @Test
    void withoutGStageTheTablesAreAtPhysicalAddresses() {
        hgatp = 0;
        vsatp = 8L << 60 | TABLES >>> 12;
        ram.write(TABLES, 8, entry(TABLES + 0x1000, POINTER));
        ram.write(TABLES + 0x1000, 8, entry(TABLES + 0x2000, POINTER));
        map(0, RAM + 0x8_0000, KERNEL_LEAF);
        PageWalk walk = walk(0x123, Access.READ, false);
        assertThat(walk.outcome()).isEqualTo(new Mapped(RAM + 0x8_0123, RAM + 0x8_0123, "ram"));
        assertThat(walk.steps()).extracting(PageWalk.Step::level).containsExactly(2, 1, 0);
    }

    @Test
    void anUnmappedPageIsAPageFaultAtItsLevel() {
        assertThat(fault(0x5000, Access.FETCH, false))
                .isEqualTo(new Fault(1, 0, 12, null, 0, "the VS-stage entry is invalid: V=0"));
    }

    @Test
    void anAddressThatIsNotSignExtendedIsAPageFaultBeforeAnyLevel() {
        assertThat(fault(1L << 39, Access.READ, false))
                .isEqualTo(new Fault(1, -1, 13, null, 0, "bits 63:39 of the address are not all like bit 38 (Sv39)"));
    }

    @Test
    void userCodeMayNotTouchAPageOfTheKernel() {
        assertThat(fault(0, Access.READ, true).reason())
                .isEqualTo("VS-stage does not allow reads in VU (VRW---AD, U=0)");
    }

    @Test
    void theKernelReadsAPageOfTheUserOnlyWithSum() {
        assertThat(fault(0x1000, Access.READ, false).reason())
                .isEqualTo("VS-stage does not allow reads in VS (VR--U-AD, U=1, vsstatus.SUM=0)");
        vsstatus = SUM;
        assertThat(walk(0x1000, Access.READ, false).isMapped()).isTrue();
    }

    @Test
    void anAddressThatGStageDoesNotMapIsAGuestPageFaultWithHtval() {
        map(2, 0x1000_0000L, KERNEL_LEAF);
        assertThat(walk(0x2008, Access.WRITE, false).lines())
                .last()
                .isEqualTo("  => G-stage, store/AMO guest-page fault at level 2: the G-stage entry is invalid: V=0"
                        + " (scause 23, GPA 0x10000008, htval 0x4000002)");
    }

    @Test
    void aTableOutsideOfTheGuestsMemoryIsAGuestPageFaultOfTheWalkItself() {
        ram.write(TABLES + 0x1000, 8, entry(0x1000_0000L, POINTER));
        assertThat(walk(0x2008, Access.FETCH, false).lines())
                .last()
                .isEqualTo(
                        "  => G-stage, instruction guest-page fault at level 2, during a VS-stage walk:"
                                + " the G-stage entry is invalid: V=0 (scause 20, GPA 0x10000010, htval 0x4000004, htinst 0x3000)");
    }

    @Test
    void settingTheAccessedBitNeedsAWritableTable() {
        ram.write(RAM + 0x4000, 8, entry(RAM, 0x5b));
        map(0, GUEST_RAM, 0x87);
        Fault fault = fault(0, Access.READ, false);
        assertThat(fault.walkAccess()).isEqualTo(Access.WRITE);
        assertThat(Rv64Terms.pseudoInstruction(fault)).isEqualTo(0x3020);
        assertThat(fault.reason()).isEqualTo("G-stage does not allow writes (VR-XU-A-)");
    }

    @Test
    void aTableWhereNoMemoryIsIsAnAccessFault() {
        ram.write(RAM + 8, 8, entry(0x1000, POINTER));
        PageWalk walk = walk(0, Access.READ, false);
        assertThat(walk.outcome())
                .isEqualTo(new Fault(
                        2,
                        1,
                        5,
                        Access.READ,
                        GUEST_RAM + 0x1_0000,
                        "the G-stage table is not in RAM: at PA 0x1000 is nothing"));
        assertThat(walk.steps()).last().extracting(PageWalk.Step::kind).isEqualTo(Kind.UNREADABLE);
    }

    @Test
    void aPageThatIsContiguousIsShownWithItsSize() {
        map(0, GUEST_RAM + 0x8_8000, 1L << 63 | KERNEL_LEAF);
        PageWalk walk = walk(0x123, Access.READ, false);
        assertThat(walk.lines())
                .anyMatch(line -> line.endsWith("page: 64 KiB at GPA 0x40080000, VRW---AD: VS rw-, VU ---, N=1"));
        assertThat(walk.outcome()).isEqualTo(new Mapped(GUEST_RAM + 0x8_0123, RAM + 0x8_0123, "ram"));
    }

    @Test
    void whatTheHartsDoNotHaveIsNamed() {
        map(0, GUEST_RAM, 1L << 61 | KERNEL_LEAF);
        assertThat(fault(0, Access.READ, false).reason()).contains("PBMT is not 0, and the harts have no Svpbmt");
        map(0, GUEST_RAM, 1L << 54 | KERNEL_LEAF);
        assertThat(fault(0, Access.READ, false).reason()).contains("reserved bits 60:54");
        map(0, GUEST_RAM, 0x05);
        assertThat(fault(0, Access.READ, false).reason()).contains("W=1 with R=0");
        map(0, GUEST_RAM, POINTER);
        assertThat(fault(0, Access.READ, false).reason()).contains("a pointer to another table at the last level");
        ram.write(TABLES + 0x1000, 8, entry(GUEST_RAM + 0x1000, KERNEL_LEAF));
        assertThat(fault(0, Access.READ, false).reason()).contains("not aligned to its size, PPN[8:0] is not 0");
    }
}
