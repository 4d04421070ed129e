package org.shyperlab.emulator.device.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.device.storage.BlockRequest.Operation;

class ImmediateStoreTest {
    private final List<String> told = new ArrayList<>();
    private boolean full = true;

    /** A store on a host whose disk is full. */
    private final ImmediateStore store = new ImmediateStore("disk.img", told::add) {
        @Override
        void read(long offset, ByteBuffer data) {}

        @Override
        void write(long offset, ByteBuffer data) throws IOException {
            if (full) {
                throw new IOException("No space left on device");
            }
        }

        @Override
        void flush() {}

        @Override
        public long size() {
            return 4096;
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public void close() {}
    };

    @Test
    void aFullDiskFailsTheWriteAndNothingElse() {
        assertThat(StoreRequest.submit(store, Operation.WRITE, 0, new byte[512]).success)
                .isFalse();
        assertThat(StoreRequest.submit(store, Operation.READ, 0, new byte[512]).success)
                .isTrue();
        assertThat(StoreRequest.submit(store, Operation.FLUSH, 0, new byte[0]).success)
                .isTrue();
    }

    @Test
    void peopleAreToldOnceUntilItWorksAgain() {
        for (int i = 0; i < 5; i++) {
            StoreRequest.submit(store, Operation.WRITE, 0, new byte[512]);
        }
        assertThat(told)
                .containsExactly(
                        "the disk disk.img: a write failed, and the guest was told so: No space left on device");
        full = false;
        assertThat(StoreRequest.submit(store, Operation.WRITE, 0, new byte[512]).success)
                .isTrue();
        full = true;
        StoreRequest.submit(store, Operation.WRITE, 0, new byte[512]);
        assertThat(told).hasSize(2);
    }
}
