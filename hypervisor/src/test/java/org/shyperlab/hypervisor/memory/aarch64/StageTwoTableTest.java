package org.shyperlab.hypervisor.memory.aarch64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.memory.PagePool;
import org.shyperlab.hypervisor.memory.Ram;
import org.shyperlab.hypervisor.memory.RandomMappings;
import org.shyperlab.hypervisor.memory.StageTwo.Attributes;

class StageTwoTableTest {
    private static final long PAGE = 0x1000;
    private static final long BLOCK = 0x20_0000;

    private final AddressSpace bus = Ram.bus();
    private final PagePool pool = Ram.pool(bus);

    /** A second opinion, written from Arm ARM D8.2 in other words: looks up by bit slices of the whole address, or says -1. */
    private long slowWalk(long root, int ipaBits, long ipa) {
        String bits = String.format("%64s", Long.toBinaryString(ipa)).replace(' ', '0');
        if (bits.substring(0, 64 - ipaBits).contains("1")) {
            return -1;
        }
        int[][] slices = {{64 - ipaBits, 34}, {34, 43}, {43, 52}};
        long table = root;
        for (int i = 0; i < 3; i++) {
            long index = Long.parseLong(bits.substring(slices[i][0], slices[i][1]), 2);
            long descriptor = bus.read(-1, table + 8 * index, 8);
            long type = descriptor % 4;
            long output = (descriptor >>> 12) % (1L << 28) * 4096;
            if (type == 3 && i < 2) {
                table = output;
            } else if (type == 3 || type == 1 && i < 2) {
                return output + Long.parseLong(bits.substring(slices[i][1]), 2);
            } else {
                return -1;
            }
        }
        throw new IllegalStateException("unreachable");
    }

    @ParameterizedTest
    @CsvSource({"39,false", "39,true", "40,false", "40,true"})
    void randomMappingsAndUnmappingsAgreeWithAMapOfPagesAndASecondWalker(int ipaBits, boolean blocks) {
        StageTwoTable table = new StageTwoTable(bus, pool, ipaBits);
        int mapped = new RandomMappings(ipaBits * 2L + (blocks ? 1 : 0), table, ipaBits, blocks).run(address -> {
            assertThat(slowWalk(table.root(), ipaBits, address.ipa())).isEqualTo(address.physical());
        });
        assertThat(mapped).isPositive();
    }

    @Test
    void blocksAreUsedWhereBothAddressesAllowAndSplitWhereAPartGoes() {
        StageTwoTable table = new StageTwoTable(bus, pool, 40);
        table.map(0x8000_0000L, Ram.BASE + BLOCK * 8, BLOCK, Attributes.NORMAL, true);
        assertThat(table.walk(0x8000_1234L).steps()).hasSize(2);
        assertThat(table.walk(0x8000_1234L).steps().get(1).descriptor()).isEqualTo(Ram.BASE + BLOCK * 8 | 0x7fd);
        table.unmap(0x8000_1000L, PAGE);
        assertThat(table.translate(0x8000_1000L)).isEqualTo(StageTwoTable.UNMAPPED);
        assertThat(table.translate(0x8000_2008L)).isEqualTo(Ram.BASE + BLOCK * 8 + 0x2008);
        assertThat(table.walk(0x8000_2008L).steps().get(2).descriptor())
                .isEqualTo(Ram.BASE + BLOCK * 8 + 0x2000 | 0x7ff);
    }

    @Test
    void devicesAreNeverExecutableAndNotCached() {
        StageTwoTable table = new StageTwoTable(bus, pool, 40);
        table.map(0x900_0000L, Ram.DEVICE, PAGE, Attributes.DEVICE, true);
        assertThat(table.walk(0x900_0000L).steps().get(2).descriptor()).isEqualTo(1L << 54 | Ram.DEVICE | 0x4c7);
    }

    @Test
    void tablesThatAreNoLongerNeededGoBackToThePool() {
        StageTwoTable table = new StageTwoTable(bus, pool, 40);
        table.map(0, Ram.BASE + 0x100_0000, PAGE, Attributes.NORMAL, false);
        long before = pool.freeBytes();
        table.map(4 * BLOCK, Ram.BASE + 0x100_0000, BLOCK, Attributes.NORMAL, false);
        assertThat(pool.freeBytes()).isEqualTo(before - PAGE);
        table.unmap(4 * BLOCK, BLOCK);
        assertThat(pool.freeBytes()).isEqualTo(before);
    }

    @Test
    void theFirstLevelOf40BitsIsTwoPagesAlignedToTheirSize() {
        assertThat(new StageTwoTable(bus, pool, 39).root() % PAGE).isZero();
        assertThat(new StageTwoTable(bus, pool, 40).root() % (2 * PAGE)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"39,0x80023559", "40,0x80023558"})
    void theControlRegisterSaysWhereTheWalkStarts(int ipaBits, String value) {
        assertThat(StageTwoTable.controlRegister(ipaBits)).isEqualTo(Long.decode(value));
    }

    @ParameterizedTest
    @ValueSource(longs = {0x3fff_f000L, 0x4800_0000L, 0x900_1000L, 0x900_0000L})
    void ramMappingsOfAnythingButRamAreRefused(long physical) {
        StageTwoTable table = new StageTwoTable(bus, pool, 40);
        assertThatThrownBy(() -> table.map(0, physical, 2 * PAGE, Attributes.NORMAL, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not RAM");
        assertThat(table.translate(0)).isEqualTo(StageTwoTable.UNMAPPED);
    }

    @ParameterizedTest
    @ValueSource(longs = {0x8ff_f000L, 0x900_0000L, 0x4000_0000L})
    void deviceMappingsOutsideOneDeviceAreRefused(long physical) {
        StageTwoTable table = new StageTwoTable(bus, pool, 40);
        assertThatThrownBy(() -> table.map(0, physical, 2 * PAGE, Attributes.DEVICE, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not inside one device window");
    }

    @Test
    void rangesThatAreNotPagesOrDoNotFitAreRefused() {
        StageTwoTable table = new StageTwoTable(bus, pool, 39);
        for (long[] range :
                new long[][] {{1, PAGE}, {0, 1}, {0, 0}, {1L << 39, PAGE}, {(1L << 39) - PAGE, 2 * PAGE}, {-PAGE, PAGE}
                }) {
            assertThatThrownBy(() -> table.map(range[0], Ram.BASE, range[1], Attributes.NORMAL, true))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(table.translate(1L << 39)).isEqualTo(StageTwoTable.UNMAPPED);
        assertThat(table.translate(-1)).isEqualTo(StageTwoTable.UNMAPPED);
        assertThat(table.walk(-1).steps()).isEmpty();
    }

    @Test
    void mappingWhatIsMappedIsABug() {
        StageTwoTable table = new StageTwoTable(bus, pool, 40);
        table.map(0, Ram.BASE, BLOCK, Attributes.NORMAL, true);
        assertThatThrownBy(() -> table.map(PAGE, Ram.BASE, PAGE, Attributes.NORMAL, true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("mapped already");
    }
}
