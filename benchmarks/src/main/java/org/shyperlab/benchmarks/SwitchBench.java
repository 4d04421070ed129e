package org.shyperlab.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.shyperlab.emulator.device.virtio.FrameSink;
import org.shyperlab.emulator.time.AlarmQueue;
import org.shyperlab.emulator.time.VirtualClock;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.hypervisor.net.EthernetFrame;
import org.shyperlab.hypervisor.net.MacAddress;
import org.shyperlab.hypervisor.net.SwitchPort;
import org.shyperlab.hypervisor.net.VirtualSwitch;

/** A full frame through the switch, from one port's device to another's, without the devices' own work on rings. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SwitchBench {
    private static final int PORTS = 8;
    private static final MacAddress LEARNED = MacAddress.of(2, 0, 0, 0, 1, 1);

    /** A device that counts what it takes, and takes as much as it has buffers for. */
    private static final class Nic implements FrameSink {
        private Runnable room = () -> {};
        private long buffers = Long.MAX_VALUE;
        private long frames;

        @Override
        public boolean offer(byte[] buffer, int offset, int length) {
            if (buffers == 0) {
                return false;
            }
            buffers--;
            frames++;
            return true;
        }

        @Override
        public void onRoom(Runnable callback) {
            room = callback;
        }
    }

    private static final class StoppedClock implements VirtualClock {
        @Override
        public long cycles() {
            return 0;
        }

        @Override
        public long hertz() {
            return 1_000_000_000L;
        }
    }

    private final VirtualSwitch network =
            new VirtualSwitch(new AlarmQueue(new StoppedClock(), () -> {}), GuestErrors.IGNORE);
    private final SwitchPort[] ports = new SwitchPort[PORTS];
    private final Nic[] nics = new Nic[PORTS];
    private final byte[] unicast = frame(address(1), address(0), EthernetFrame.IPV4);
    private final byte[] fromLearned = frame(address(1), LEARNED, EthernetFrame.IPV4);
    private final byte[] broadcast = frame(new MacAddress(MacAddress.BROADCAST), address(0), EthernetFrame.ARP);

    public SwitchBench() {
        for (int i = 0; i < PORTS; i++) {
            nics[i] = new Nic();
            ports[i] = network.add(i, "net" + i, address(i));
            ports[i].attach(nics[i]);
        }
    }

    private static MacAddress address(int port) {
        return MacAddress.of(2, 0, 0, 0, 0, port);
    }

    private static byte[] frame(MacAddress to, MacAddress from, int type) {
        byte[] frame = new byte[EthernetFrame.LONGEST];
        EthernetFrame.putHeader(frame, 0, to.bits(), from.bits(), type);
        return frame;
    }

    private long delivered(byte[] frame, int receiver) {
        long before = nics[receiver].frames;
        if (!ports[0].offer(frame, 0, frame.length) || nics[receiver].frames != before + 1) {
            throw new IllegalStateException("the frame did not arrive");
        }
        return before;
    }

    /** To a device with room: nothing is copied. */
    @Benchmark
    public long unicast() {
        return delivered(unicast, 1);
    }

    /** From an address that the switch learned. */
    @Benchmark
    public long unicastFromLearnedAddress() {
        return delivered(fromLearned, 1);
    }

    /** To seven devices with room. */
    @Benchmark
    public long broadcast() {
        return delivered(broadcast, PORTS - 1);
    }

    /** To a device without room, which then gets it from the queue. */
    @Benchmark
    public long queued() {
        Nic receiver = nics[1];
        receiver.buffers = 0;
        boolean taken = ports[0].offer(unicast, 0, unicast.length);
        receiver.buffers = Long.MAX_VALUE;
        receiver.room.run();
        if (!taken || ports[1].queued() != 0) {
            throw new IllegalStateException("the frame did not arrive");
        }
        return receiver.frames;
    }
}
