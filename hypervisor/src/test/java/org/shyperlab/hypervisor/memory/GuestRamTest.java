package org.shyperlab.hypervisor.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.device.virtio.VirtioEntropy;
import org.shyperlab.emulator.device.virtio.VirtioMmio;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.trace.GuestErrorLog;
import org.shyperlab.hypervisor.memory.StageTwo.Attributes;
import org.shyperlab.hypervisor.memory.aarch64.StageTwoTable;

class GuestRamTest {
    private static final int PAGE = 0x1000;
    private static final int PAGES = 8;
    private static final long IPA = 0x8000_0000L;
    private static final long FIRST = Ram.BASE + 0x200_0000L;
    private static final long HOLE = IPA + 0x1000L * PAGES;

    private final AddressSpace bus = Ram.bus();
    private final StageTwoTable table = new StageTwoTable(bus, Ram.pool(bus), 40);
    private final GuestRam ram = new GuestRam(bus, table);

    /** The VM's pages lie in RAM in the opposite order, with others between them. */
    @BeforeEach
    void mapScatteredPages() {
        for (int page = 0; page < PAGES; page++) {
            table.map(IPA + (long) page * PAGE, physical(page), PAGE, Attributes.NORMAL, false);
        }
        table.map(HOLE + PAGE, Ram.DEVICE, PAGE, Attributes.DEVICE, false);
    }

    private static long physical(int page) {
        return FIRST + (PAGES - page) * 3L * PAGE;
    }

    @Test
    void bytesGoToThePagesTheyBelongTo() {
        byte[] bytes = new byte[3 * PAGE];
        new Random(1).nextBytes(bytes);
        assertThat(ram.write(IPA + PAGE - 10, bytes, 5, 2 * PAGE + 20)).isTrue();
        byte[] page = new byte[PAGE];
        bus.readRam(physical(2), page);
        assertThat(page).isEqualTo(Arrays.copyOfRange(bytes, 15 + PAGE, 15 + 2 * PAGE));
        byte[] back = new byte[2 * PAGE + 24];
        assertThat(ram.read(IPA + PAGE - 10, back, 2, 2 * PAGE + 20)).isTrue();
        assertThat(Arrays.copyOfRange(back, 2, 2 * PAGE + 22)).isEqualTo(Arrays.copyOfRange(bytes, 5, 2 * PAGE + 25));
    }

    @Test
    void nothingIsWrittenWhenAnyByteIsNotRam() {
        byte[] bytes = {1, 2, 3, 4};
        for (long ipa : new long[] {HOLE - 2, HOLE, HOLE + PAGE, HOLE + PAGE - 2, IPA - 2, -2, Long.MAX_VALUE - 1}) {
            assertThat(ram.write(ipa, bytes, 0, 4)).as("0x%x", ipa).isFalse();
            assertThat(ram.read(ipa, bytes, 0, 4)).as("0x%x", ipa).isFalse();
        }
        assertThat(ram.read(HOLE - 2, bytes, 0, 2)).isTrue();
        assertThat(bytes).startsWith(0, 0);
    }

    @Test
    void aVirtioDeviceReachesTheVmsMemoryAndNothingElse() {
        GuestErrorLog errors = new GuestErrorLog();
        boolean[] interrupt = new boolean[1];
        VirtioMmio device = new VirtioMmio(new VirtioEntropy("rng", 7), ram, high -> interrupt[0] = high, errors);
        long status = 0x70;
        for (int step : new int[] {1, 3}) {
            device.write(0, status, 4, step);
        }
        device.write(0, 0x24, 4, 1);
        device.write(0, 0x20, 4, 1);
        device.write(0, status, 4, 11);
        device.write(0, 0x38, 4, 4);
        device.write(0, 0x80, 4, IPA);
        device.write(0, 0x90, 4, IPA + PAGE);
        device.write(0, 0xa0, 4, IPA + 2 * PAGE);
        device.write(0, 0x44, 4, 1);
        device.write(0, status, 4, 15);
        describe(0, IPA + 4 * PAGE - 8, 16);
        offer(1);
        device.write(0, 0x50, 4, 0);
        assertThat(errors.entries()).isEmpty();
        assertThat(interrupt[0]).isTrue();
        assertThat(bus.read(-1, physical(3) + PAGE - 8, 8))
                .as("the end of one page")
                .isNotZero();
        assertThat(bus.read(-1, physical(4), 8)).as("the start of the next").isNotZero();
        assertThat(bus.read(-1, physical(2) + 8, 4)).as("written").isEqualTo(16);
        describe(0, HOLE - 8, 16);
        offer(2);
        device.write(0, 0x50, 4, 0);
        assertThat(errors.entries()).singleElement().asString().contains("is not all RAM (Virtio 2.7.5)");
    }

    private void describe(int index, long address, int length) {
        long at = physical(0) + 16L * index;
        bus.write(-1, at, 8, address);
        bus.write(-1, at + 8, 4, length);
        bus.write(-1, at + 12, 4, 2);
    }

    private void offer(int index) {
        bus.write(-1, physical(1) + 2, 2, index);
    }
}
