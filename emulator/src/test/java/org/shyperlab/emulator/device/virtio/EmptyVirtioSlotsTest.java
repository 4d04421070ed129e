package org.shyperlab.emulator.device.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.trace.GuestErrorLog;
import org.shyperlab.emulator.trace.GuestErrors;

class EmptyVirtioSlotsTest {
    private final GuestErrorLog errors = new GuestErrorLog();
    private final EmptyVirtioSlots slots = new EmptyVirtioSlots("virtio", 32, 0x200, errors);

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
        assertThat(errors.count()).isZero();
    }

    @Test
    void anythingElseReadsZeroOrIsLostAndIsReported() {
        assertThat(slots.read(0, 0, 8)).isZero();
        assertThat(slots.read(0, 0x70, 4)).isZero();
        slots.write(0, 0x70, 4, 1);
        slots.reset();
        assertThat(slots.read(0, 0, 4)).isEqualTo(0x74726976);
        assertThat(errors.count()).isEqualTo(3);
    }

    @Test
    void aWindowIsWholePages() {
        assertThatThrownBy(() -> new EmptyVirtioSlots("v", 7, 0x200, GuestErrors.IGNORE))
                .hasMessageContaining("whole pages");
        assertThatThrownBy(() -> new EmptyVirtioSlots("v", 8, 0x300, GuestErrors.IGNORE))
                .hasMessageContaining("power of two");
        assertThat(new EmptyVirtioSlots("v", 8, 0x1000, GuestErrors.IGNORE).size())
                .isEqualTo(0x8000);
    }
}
