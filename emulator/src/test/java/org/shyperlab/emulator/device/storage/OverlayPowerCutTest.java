package org.shyperlab.emulator.device.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.device.storage.BlockRequest.Operation;

/** Power cuts at every write and force of an overlay file, the one in the middle of which the power goes included. */
class OverlayPowerCutTest {
    private static final int SECTOR = 512;
    private static final int SECTORS = 20 * 8 + 3;
    private static final int NEVER = Integer.MAX_VALUE;

    private final Random random = new Random(11);
    private final byte[] base = new byte[SECTORS * SECTOR];

    OverlayPowerCutTest() {
        random.nextBytes(base);
    }

    private OverlayStore open(PowerCutFile overlay) {
        HostFile below = HostFile.of(Path.of("base"), new PowerCutFile(base, NEVER, random));
        return OverlayStore.over(below, base.length, HostFile.of(Path.of("overlay"), overlay), text -> {});
    }

    /** What a guest knows of its disk: what it wrote and flushed, and which sectors it has written since. */
    private static final class Knowledge {
        byte[] written;
        final BitSet unsure = new BitSet();

        Knowledge(byte[] written) {
            this.written = written.clone();
        }
    }

    /** Writes and flushes at random until the power goes. */
    private void use(OverlayStore store, PowerCutFile file, Knowledge knowledge) {
        while (!file.isCut()) {
            if (random.nextInt(6) == 0) {
                if (StoreRequest.submit(store, Operation.FLUSH, 0, new byte[0]).success) {
                    knowledge.unsure.clear();
                }
            } else {
                int sector = random.nextInt(SECTORS);
                byte[] data = new byte[SECTOR * (1 + random.nextInt(Math.min(20, SECTORS - sector)))];
                Arrays.fill(data, (byte) random.nextInt());
                StoreRequest.submit(store, Operation.WRITE, (long) sector * SECTOR, data);
                System.arraycopy(data, 0, knowledge.written, sector * SECTOR, data.length);
                knowledge.unsure.set(sector, sector + data.length / SECTOR);
            }
        }
    }

    /** Takes what the disk holds now for what it held, and says where a sector differs that was sure to be there. */
    private static void compare(byte[] now, Knowledge knowledge, int round) {
        for (int sector = 0; sector < SECTORS; sector++) {
            int from = sector * SECTOR;
            if (!knowledge.unsure.get(sector)) {
                assertThat(Arrays.equals(now, from, from + SECTOR, knowledge.written, from, from + SECTOR))
                        .as("round %d, sector %d, which was flushed", round, sector)
                        .isTrue();
            }
        }
        knowledge.written = now;
        knowledge.unsure.clear();
    }

    @Test
    void aCutAtAnyMomentLosesNothingThatWasFlushedAndTheOverlayOpens() {
        int cuts = 0;
        for (int round = 0; round < 300; round++) {
            Knowledge knowledge = new Knowledge(base);
            byte[] survivor = new byte[0];
            // The same overlay through several cuts.
            for (int life = 0; life < 4; life++) {
                PowerCutFile file = new PowerCutFile(survivor, 5 + random.nextInt(40), random);
                OverlayStore store = open(file);
                compare(StoreRequest.read(store, 0, base.length), knowledge, round);
                use(store, file, knowledge);
                survivor = file.survivor();
                cuts++;
            }
            PowerCutFile last = new PowerCutFile(survivor, NEVER, random);
            compare(StoreRequest.read(open(last), 0, base.length), knowledge, round);
        }
        assertThat(cuts).isEqualTo(1200);
    }

    @Test
    void aCutWhileTheOverlayIsMadeLeavesOneThatCanBeMade() {
        for (int round = 0; round < 200; round++) {
            PowerCutFile file = new PowerCutFile(new byte[0], 1 + round % 4, random);
            try {
                open(file);
            } catch (StorageException cut) {
                assertThat(cut).hasMessageContaining("no power");
            }
            PowerCutFile again = new PowerCutFile(file.survivor(), NEVER, random);
            try (OverlayStore store = open(again)) {
                assertThat(StoreRequest.read(store, 0, base.length)).isEqualTo(base);
            }
        }
    }
}
