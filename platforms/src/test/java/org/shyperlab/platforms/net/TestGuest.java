package org.shyperlab.platforms.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.virtio.FrameSink;
import org.shyperlab.emulator.time.AlarmQueue;
import org.shyperlab.emulator.time.VirtualClock;

/** The guest at the other end of the cable, with a clock that moves when it waits. It builds its packets by hand, byte by byte. */
final class TestGuest implements FrameSink, AutoCloseable {
    static final long STATION = 0x7456_aa00_0001L;
    static final long GATEWAY_STATION = 0x0253_6879_0002L;
    static final int ADDRESS = 0x0a00_020f;
    static final int GATEWAY = 0x0a00_0202;
    private static final long MILLISECOND = 1_000_000L;

    private long now;
    private final VirtualClock clock = new VirtualClock() {
        @Override
        public long cycles() {
            return now;
        }

        @Override
        public long hertz() {
            return 1000 * MILLISECOND;
        }
    };
    private final AlarmQueue alarms = new AlarmQueue(clock, () -> {});
    final UserUplink uplink;
    final Deque<byte[]> received = new ArrayDeque<>();
    private Runnable room = () -> {};
    private int buffers = Integer.MAX_VALUE;
    /** Virtual milliseconds that pass at a time. */
    int step = 1;

    TestGuest() throws IOException {
        uplink = new UserUplink(alarms, error -> {
            throw new AssertionError(error);
        });
        uplink.connect(this);
    }

    @Override
    public boolean offer(byte[] buffer, int offset, int length) {
        if (buffers == 0) {
            return false;
        }
        buffers--;
        received.add(Arrays.copyOfRange(buffer, offset, offset + length));
        return true;
    }

    @Override
    public void onRoom(Runnable callback) {
        room = callback;
    }

    /** From now on the guest takes so many frames, but it does not say so yet. */
    void buffersUntold(int count) {
        buffers = count;
    }

    /** From now on the guest takes so many frames. */
    void buffers(int count) {
        buffers = count;
        if (count > 0) {
            room.run();
        }
    }

    void send(byte[] frame) {
        uplink.offer(frame, 0, frame.length);
    }

    /** Whether the uplink looks at sockets. */
    boolean isPolled() {
        return alarms.next() != Long.MAX_VALUE;
    }

    /** So many virtual milliseconds at once; while sockets are looked at, that takes the host 10 of its own at most. */
    void pass(int milliseconds) {
        now += milliseconds * MILLISECOND;
        alarms.fire(now);
    }

    void pass() {
        pass(step);
    }

    /** Lets time pass until something happens; 20,000 steps are enough for everything. */
    boolean await(BooleanSupplier happened) {
        for (int i = 0; i < 20_000 && !happened.getAsBoolean(); i++) {
            pass();
        }
        return happened.getAsBoolean();
    }

    /** The next frame that comes, or null when none does. */
    byte @Nullable [] next() {
        await(() -> !received.isEmpty());
        return received.poll();
    }

    // ---- packets ----

    static byte[] ethernet(long to, int type, byte[] payload) {
        return ByteBuffer.allocate(14 + payload.length)
                .putShort((short) (to >>> 32))
                .putInt((int) to)
                .putShort((short) (STATION >>> 32))
                .putInt((int) STATION)
                .putShort((short) type)
                .put(payload)
                .array();
    }

    static byte[] ipv4(int from, int to, int protocol, byte[] payload) {
        ByteBuffer packet = ByteBuffer.allocate(20 + payload.length)
                .putInt(0x4500 << 16 | 20 + payload.length)
                .putInt(0x1234_0000)
                .putInt(0x4000_0000 | protocol << 16)
                .putInt(from)
                .putInt(to)
                .put(payload);
        packet.putShort(10, (short) checksum(Arrays.copyOf(packet.array(), 20)));
        return ethernet(GATEWAY_STATION, 0x0800, packet.array());
    }

    static byte[] udp(int from, int to, int sourcePort, int targetPort, byte[] data) {
        ByteBuffer datagram = ByteBuffer.allocate(8 + data.length)
                .putShort((short) sourcePort)
                .putShort((short) targetPort)
                .putShort((short) (8 + data.length))
                .putShort((short) 0)
                .put(data);
        datagram.putShort(6, (short) transportChecksum(from, to, 17, datagram.array()));
        return ipv4(from, to, 17, datagram.array());
    }

    /** An echo request of that many bytes. */
    static byte[] ping(int to, int length) {
        byte[] echo = new byte[length];
        new Random(length).nextBytes(echo);
        Arrays.fill(echo, 0, 4, (byte) 0);
        echo[0] = 8;
        ByteBuffer.wrap(echo).putShort(2, (short) checksum(echo));
        return ipv4(ADDRESS, to, 1, echo);
    }

    static int transportChecksum(int from, int to, int protocol, byte[] segment) {
        return checksum(ByteBuffer.allocate(12 + segment.length)
                .putInt(from)
                .putInt(to)
                .putShort((short) protocol)
                .putShort((short) segment.length)
                .put(segment)
                .array());
    }

    /** By the definition: the complement of the ones' complement sum, carries added as they come. */
    static int checksum(byte[] bytes) {
        int sum = 0;
        for (int i = 0; i < bytes.length; i++) {
            sum += (bytes[i] & 0xff) << (i % 2 == 0 ? 8 : 0);
            sum = sum > 0xffff ? sum - 0xffff : sum;
        }
        return ~sum & 0xffff;
    }

    @Override
    public void close() throws IOException {
        uplink.close();
    }
}
