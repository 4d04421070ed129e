package org.shyperlab.hypervisor.memory.riscv64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.emulator.core.riscv64.Access;
import org.shyperlab.emulator.core.riscv64.TwoStageWalker;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.memory.PagePool;
import org.shyperlab.hypervisor.memory.Ram;
import org.shyperlab.hypervisor.memory.RandomMappings;
import org.shyperlab.hypervisor.memory.StageTwo.Attributes;

class GStageTableTest {
    private static final long PAGE = 0x1000;
    private static final long BLOCK = 0x20_0000;
    private static final long PHYSICAL_LIMIT = 1L << 40;
    private static final int SUPERVISOR = 1;

    private final AddressSpace bus = Ram.bus();
    private final PagePool pool = Ram.pool(bus);
    private final GStageTable table = new GStageTable(bus, pool);
    private final TwoStageWalker walker = new TwoStageWalker(bus, PHYSICAL_LIMIT);

    /** A second opinion, written from the Privileged ISA in other words: bit slices of the address as text, or -1. */
    private long slowWalk(long root, long address) {
        String bits = String.format("%64s", Long.toBinaryString(address)).replace(' ', '0');
        if (bits.substring(0, 23).contains("1")) {
            return -1;
        }
        int[][] slices = {{23, 34}, {34, 43}, {43, 52}};
        long at = root;
        for (int[] slice : slices) {
            long entry = bus.read(-1, at + 8 * Long.parseLong(bits.substring(slice[0], slice[1]), 2), 8);
            long output = (entry / 1024) % (1L << 44) * 4096;
            if (entry % 2 == 0) {
                return -1;
            }
            if (entry / 2 % 8 != 0) {
                return output + Long.parseLong(bits.substring(slice[1]), 2);
            }
            at = output;
        }
        return -1;
    }

    /** What the hart makes of the table: a store by a guest without a first stage. */
    private long walkOfTheHart(long address, Access access) {
        walker.secondStage(table.controlRegister(1));
        return walker.translate(address, access, SUPERVISOR, 0, 0) ? walker.physical() : -1;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void randomMappingsAndUnmappingsAgreeWithAMapOfPagesASecondWalkerAndTheHart(boolean blocks) {
        int mapped = new RandomMappings(blocks ? 1 : 0, table, GStageTable.ADDRESS_BITS, blocks).run(address -> {
            assertThat(slowWalk(table.root(), address.ipa()))
                    .as("0x%x", address.ipa())
                    .isEqualTo(address.physical());
            assertThat(walkOfTheHart(address.ipa(), Access.STORE))
                    .as("0x%x", address.ipa())
                    .isEqualTo(address.physical());
        });
        assertThat(mapped).isPositive();
    }

    @Test
    void theRootIs16KibAlignedToItsSizeAndHgatpPointsToIt() {
        assertThat(table.root() % (4 * PAGE)).isZero();
        assertThat(table.controlRegister(3)).isEqualTo(8L << 60 | 3L << 44 | table.root() >>> 12);
        assertThatThrownBy(() -> table.controlRegister(1 << 14)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void blocksAreUsedWhereBothAddressesAllowAndSplitWhereAPartGoes() {
        long physical = Ram.BASE + BLOCK * 8;
        table.map(0x8000_0000L, physical, BLOCK, Attributes.NORMAL, true);
        assertThat(table.walk(0x8000_1234L).steps()).hasSize(2);
        assertThat(table.walk(0x8000_1234L).steps().get(1).level()).isEqualTo(1);
        assertThat(table.walk(0x8000_1234L).steps().get(1).descriptor()).isEqualTo(physical >>> 2 | 0xdf);
        table.unmap(0x8000_1000L, PAGE);
        assertThat(table.walk(0x8000_2008L).steps().get(2).level()).isZero();
        assertThat(table.walk(0x8000_2008L).steps().get(2).descriptor()).isEqualTo(physical + 0x2000 >>> 2 | 0xdf);
        assertThat(walkOfTheHart(0x8000_1000L, Access.LOAD)).isEqualTo(-1);
        assertThat(walker.cause()).isEqualTo(21);
    }

    @Test
    void devicesAreNeverExecutable() {
        table.map(0x1000_0000L, Ram.DEVICE, PAGE, Attributes.DEVICE, true);
        assertThat(walkOfTheHart(0x1000_0004L, Access.STORE)).isEqualTo(Ram.DEVICE + 4);
        assertThat(walkOfTheHart(0x1000_0004L, Access.FETCH)).isEqualTo(-1);
        assertThat(walker.cause()).isEqualTo(20);
    }

    @Test
    void theHartNeedsNotMarkEntriesAsUsed() {
        table.map(0, Ram.BASE + 0x100_0000, PAGE, Attributes.NORMAL, false);
        long before = table.walk(0).steps().get(2).descriptor();
        assertThat(walkOfTheHart(0, Access.STORE)).isEqualTo(Ram.BASE + 0x100_0000);
        assertThat(table.walk(0).steps().get(2).descriptor()).isEqualTo(before);
    }

    @Test
    void rangesThatExceed41BitsAreRefused() {
        assertThatThrownBy(() -> table.map((1L << 41) - PAGE, Ram.BASE, 2 * PAGE, Attributes.NORMAL, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("41 bits");
        assertThat(table.translate(1L << 41)).isEqualTo(-1);
    }
}
