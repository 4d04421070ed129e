package org.shyperlab.emulator.core.riscv64;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.memory.PhysicalMemory;
import org.shyperlab.emulator.trace.GuestErrors;

class GuestCodeTest {
    private static final long RAM = 0x8000_0000L;
    private static final long CODE = 0x40_0000L;
    private static final int PAGE = 4096;
    private static final int NOP = 0x13;
    private static final int SHORT_NOPS = 0x0001_0001;

    private final AddressSpace bus = new AddressSpace(GuestErrors.IGNORE);
    private final GuestCode code = new GuestCode(bus, this::fetch);
    private long target = RAM;
    private int lookups;

    /** Two pages of RAM, the first full of long instructions, the second of compressed ones; code is mapped to {@link #target}. */
    GuestCodeTest() {
        bus.addRam(new PhysicalMemory("ram", RAM, Arena.ofAuto().allocate(2 * PAGE, PAGE)));
        for (int offset = 0; offset < PAGE; offset += 4) {
            bus.write(-1, RAM + offset, 4, NOP);
            bus.write(-1, RAM + PAGE + offset, 4, SHORT_NOPS);
        }
    }

    private long fetch(long address) {
        lookups++;
        return target == -1 ? -1 : target + (address & PAGE - 1);
    }

    @Test
    void aPageIsLookedUpOnce() {
        assertThat(code.instructionsIn(CODE, 16)).isEqualTo(4);
        assertThat(code.instructionAt(CODE + 8)).isEqualTo(NOP);
        assertThat(lookups).isEqualTo(1);
    }

    @Test
    void aPageThatTheHartLooksUpAgainIsReadWhereItIsThen() {
        code.instructionsIn(CODE, 16);
        target = RAM + PAGE;
        code.forget(CODE + 0x123);

        assertThat(code.instructionsIn(CODE, 16)).isEqualTo(8);
        assertThat(code.instructionAt(CODE + 8)).isEqualTo(1);
    }

    @Test
    void afterAFenceEveryPageIsLookedUpAgain() {
        for (int page = 0; page < 20; page++) {
            code.instructionAt(CODE + (long) page * PAGE);
        }
        target = RAM + PAGE;
        code.forget();

        for (int page = 0; page < 20; page++) {
            assertThat(code.instructionAt(CODE + (long) page * PAGE)).isEqualTo(1);
        }
    }

    @Test
    void pagesThatShareASlotAreNotMistakenForEachOther() {
        code.instructionAt(CODE);
        target = RAM + PAGE;

        assertThat(code.instructionAt(CODE + 16 * PAGE)).isEqualTo(1);
    }

    @Test
    void writtenCodeIsSeenWithoutALookup() {
        code.instructionAt(CODE);
        bus.write(-1, RAM, 4, 0x73);

        assertThat(code.instructionAt(CODE)).isEqualTo(0x73);
    }

    @Test
    void wherePagesCannotBeFetchedInstructionsAreTakenForLongAndNothingIsRemembered() {
        target = -1;
        assertThat(code.instructionsIn(CODE, 16)).isEqualTo(4);
        assertThat(code.instructionAt(CODE)).isZero();

        target = RAM + PAGE;
        assertThat(code.instructionsIn(CODE, 16)).isEqualTo(8);
    }

    @Test
    void anInstructionAcrossTwoPagesIsCountedOnce() {
        bus.write(-1, RAM + PAGE - 2, 2, NOP);

        assertThat(code.instructionsIn(CODE + PAGE - 4, 4)).isEqualTo(1);
        assertThat(code.instructionAt(CODE + PAGE - 2) & 0xffff).isEqualTo(NOP);
    }
}
