package org.shyperlab.emulator.device.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.RecordedErrors;
import org.shyperlab.emulator.memory.AddressSpace;

class VirtioSlotsTest {
    private final RecordedErrors errors = new RecordedErrors();
    private final boolean[] lines = new boolean[32];
    private final VirtioSlots slots = slots("virtio", 32, 0x200);

    private VirtioSlots slots(String name, int count, int stride) {
        return new VirtioSlots(
                name,
                stride,
                IntStream.range(0, count)
                        .mapToObj(n -> (InterruptLine) high -> lines[n] = high)
                        .toList(),
                new AddressSpace(errors),
                errors);
    }

    @Test
    void everySlotSaysThatItIsVirtioAndEmpty() {
        assertThat(slots.size()).isEqualTo(0x4000);
        for (int slot = 0; slot < 32; slot++) {
            long base = slot * 0x200L;
            assertThat(slots.read(0, base, 4)).isEqualTo(0x74726976);
            assertThat(slots.read(0, base + 4, 4)).isEqualTo(2);
            assertThat(slots.read(0, base + 8, 4)).isZero();
            assertThat(slots.read(0, base + 12, 4)).isZero();
        }
        assertThat(errors.texts()).isEmpty();
    }

    @Test
    void anythingElseReadsZeroOrIsLostAndIsReported() {
        assertThat(slots.read(0, 0, 8)).isZero();
        assertThat(slots.read(0, 0x70, 4)).isZero();
        slots.write(0, 0x70, 4, 1);
        slots.reset();
        assertThat(slots.read(0, 0, 4)).isEqualTo(0x74726976);
        assertThat(errors.texts()).hasSize(3);
    }

    @Test
    void aPluggedDeviceIsInItsSlotAndOnItsLineAlone() {
        slots.plug(5, new VirtioEntropy("rng", 1));
        for (int slot = 0; slot < 32; slot++) {
            assertThat(slots.read(0, slot * 0x200L + 8, 4)).isEqualTo(slot == 5 ? 4 : 0);
        }
        // Ring 0 is notified before anything is set up: the report names the device.
        slots.write(0, 5 * 0x200 + 0x50, 4, 0);
        assertThat(errors.texts()).singleElement().asString().startsWith("rng: ring 0 is notified before DRIVER_OK");
        assertThat(lines).containsOnly(false);
        assertThatThrownBy(() -> slots.plug(5, new VirtioEntropy("other", 1))).hasMessageContaining("taken by rng");
    }

    @Test
    void aWindowIsWholePages() {
        assertThatThrownBy(() -> slots("v", 7, 0x200)).hasMessageContaining("whole pages");
        assertThatThrownBy(() -> slots("v", 8, 0x300)).hasMessageContaining("power of two");
        assertThat(slots("v", 8, 0x1000).size()).isEqualTo(0x8000);
    }
}
