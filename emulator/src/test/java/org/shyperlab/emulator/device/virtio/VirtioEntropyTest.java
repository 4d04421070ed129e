package org.shyperlab.emulator.device.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.device.virtio.DriverRing.Piece;
import org.shyperlab.emulator.device.virtio.DriverRing.Used;

class VirtioEntropyTest {
    private static byte[] draw(ReferenceDriver driver, int bytes) {
        DriverRing ring = driver.start(0, 4, 1)[0];
        long buffer = driver.memory.allocate(bytes, 1);
        ring.add(Piece.write(buffer, bytes));
        ring.kick();
        assertThat(ring.poll()).isEqualTo(new Used(0, bytes));
        return driver.memory.get(buffer, bytes);
    }

    @Test
    void theSameSeedGivesTheSameBytesAndAnotherOthers() {
        byte[] first = draw(new ReferenceDriver(new VirtioEntropy("rng", 1)), 64);
        assertThat(draw(new ReferenceDriver(new VirtioEntropy("rng", 1)), 64)).isEqualTo(first);
        assertThat(draw(new ReferenceDriver(new VirtioEntropy("rng", 2)), 64)).isNotEqualTo(first);
    }

    @Test
    void bytesAreNotGivenTwiceAlsoNotAfterAReset() {
        ReferenceDriver driver = new ReferenceDriver(new VirtioEntropy("rng", 1));
        Set<String> drawn = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            assertThat(drawn.add(Arrays.toString(draw(driver, 8)))).isTrue();
        }
    }

    @Test
    void everyValueOfAByteIsAboutAsFrequent() {
        int[] counts = new int[256];
        ReferenceDriver driver = new ReferenceDriver(new VirtioEntropy("rng", 7));
        for (int round = 0; round < 16; round++) {
            for (byte value : draw(driver, 4096)) {
                counts[value & 0xff]++;
            }
        }
        assertThat(Arrays.stream(counts).min().orElseThrow()).isGreaterThan(180);
        assertThat(Arrays.stream(counts).max().orElseThrow()).isLessThan(340);
    }

    @Test
    void aHugeBufferIsFilledInPart() {
        ReferenceDriver driver = new ReferenceDriver(new VirtioEntropy("rng", 7));
        DriverRing ring = driver.start(0, 4, 1)[0];
        ring.add(Piece.write(DriverMemory.BASE + 0x1_0000, DriverMemory.BYTES - 0x1_0000));
        ring.kick();
        assertThat(ring.poll()).isEqualTo(new Used(0, 4096));
    }
}
