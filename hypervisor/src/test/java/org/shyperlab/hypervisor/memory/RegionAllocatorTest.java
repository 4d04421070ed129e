package org.shyperlab.hypervisor.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RegionAllocatorTest {
    private static final long PAGE = 0x1000;

    @Test
    void theLowestRangeThatFitsIsTaken() {
        RegionAllocator allocator =
                new RegionAllocator(List.of(new MemoryRegion(0x1000, 0x2000), new MemoryRegion(0x8000, 0x8000)));
        assertThat(allocator.allocate(0x3000, PAGE)).isEqualTo(new MemoryRegion(0x8000, 0x3000));
        assertThat(allocator.allocate(0x2000, PAGE)).isEqualTo(new MemoryRegion(0x1000, 0x2000));
        assertThat(allocator.allocate(0x6000, PAGE)).isNull();
        assertThat(allocator.freeRegions()).containsExactly(new MemoryRegion(0xb000, 0x5000));
    }

    @Test
    void alignmentLeavesTheSkippedPartFree() {
        RegionAllocator allocator = new RegionAllocator(List.of(new MemoryRegion(0x1000, 0x40_0000)));
        assertThat(allocator.allocate(0x10_0000, 0x20_0000)).isEqualTo(new MemoryRegion(0x20_0000, 0x10_0000));
        assertThat(allocator.allocate(0x1f_f000, PAGE)).isEqualTo(new MemoryRegion(0x1000, 0x1f_f000));
    }

    @Test
    void aRangeAtAGivenPlaceIsTakenOnlyWhenAllOfItIsFree() {
        RegionAllocator allocator = new RegionAllocator(List.of(new MemoryRegion(0x1000, 0x4000)));
        assertThat(allocator.allocateAt(new MemoryRegion(0x2000, 0x1000))).isTrue();
        assertThat(allocator.allocateAt(new MemoryRegion(0x1000, 0x2000))).isFalse();
        assertThat(allocator.allocateAt(new MemoryRegion(0, 0x1000))).isFalse();
        assertThat(allocator.freeRegions())
                .containsExactly(new MemoryRegion(0x1000, 0x1000), new MemoryRegion(0x3000, 0x2000));
    }

    @Test
    void freeingTwiceIsABug() {
        RegionAllocator allocator = new RegionAllocator(List.of(new MemoryRegion(0x1000, 0x4000)));
        assertThatThrownBy(() -> allocator.free(new MemoryRegion(0x4000, 0x2000)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("free already");
    }

    /** Random traffic against a bitmap of pages: first fit, no page handed out twice, and free ranges never touch. */
    @Test
    void itAgreesWithABitmapOfPagesUnderRandomTraffic() {
        Random random = new Random(20261120);
        for (int round = 0; round < 20; round++) {
            int pages = 200 + random.nextInt(200);
            RegionAllocator allocator = new RegionAllocator(List.of(new MemoryRegion(0, pages * PAGE)));
            BitSet taken = new BitSet(pages);
            List<MemoryRegion> live = new ArrayList<>();
            for (int step = 0; step < 500; step++) {
                if (!live.isEmpty() && random.nextInt(100) < 45) {
                    MemoryRegion region = live.remove(random.nextInt(live.size()));
                    allocator.free(region);
                    taken.clear((int) (region.base() / PAGE), (int) (region.end() / PAGE));
                } else {
                    int length = 1 + random.nextInt(20);
                    int alignment = 1 << random.nextInt(5);
                    int expected = firstFit(taken, pages, length, alignment);
                    MemoryRegion region = allocator.allocate(length * PAGE, alignment * PAGE);
                    if (expected < 0) {
                        assertThat(region).isNull();
                    } else {
                        assertThat(region).isEqualTo(new MemoryRegion(expected * PAGE, length * PAGE));
                        taken.set(expected, expected + length);
                        live.add(new MemoryRegion(expected * PAGE, length * PAGE));
                    }
                }
                assertThat(allocator.freeBytes()).isEqualTo((pages - taken.cardinality()) * PAGE);
                assertMerged(allocator.freeRegions());
            }
        }
    }

    private static int firstFit(BitSet taken, int pages, int length, int alignment) {
        for (int base = 0; base + length <= pages; base += alignment) {
            int next = taken.nextSetBit(base);
            if (next < 0 || next >= base + length) {
                return base;
            }
        }
        return -1;
    }

    private static void assertMerged(List<MemoryRegion> regions) {
        for (int i = 1; i < regions.size(); i++) {
            assertThat(regions.get(i).base()).isGreaterThan(regions.get(i - 1).end());
        }
    }
}
