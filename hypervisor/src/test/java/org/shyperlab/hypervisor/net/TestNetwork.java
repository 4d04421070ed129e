package org.shyperlab.hypervisor.net;

import java.util.ArrayList;
import java.util.List;
import org.shyperlab.emulator.time.AlarmQueue;
import org.shyperlab.emulator.time.VirtualClock;

/** A switch on a clock that the test moves by hand: one cycle is a nanosecond. */
final class TestNetwork {
    static final long SECOND = 1_000_000_000L;
    static final long MILLISECOND = 1_000_000L;

    private long now;
    final VirtualClock clock = new VirtualClock() {
        @Override
        public long cycles() {
            return now;
        }

        @Override
        public long hertz() {
            return SECOND;
        }
    };
    private final AlarmQueue alarms = new AlarmQueue(clock, () -> {});
    final List<String> errors = new ArrayList<>();
    final VirtualSwitch network = new VirtualSwitch(
            alarms, (core, source, format, arguments) -> errors.add(source + ": " + format.formatted(arguments)));

    /** The address of a VM's NIC in these tests. */
    static MacAddress address(int vm) {
        return MacAddress.of(0x74, 0x56, 0xaa, 0, 0, vm);
    }

    /** A port for a VM, with a device that has that many receive buffers. */
    TestNic nic(int vm, int buffers) {
        SwitchPort port = network.add(vm, "net" + vm, address(vm));
        TestNic nic = new TestNic(port);
        port.attach(nic);
        nic.post(buffers);
        return nic;
    }

    /** Moves the clock and rings what is due on the way. */
    void pass(long cycles) {
        long end = now + cycles;
        while (alarms.next() <= end) {
            now = Math.max(now, alarms.next());
            alarms.fire(now);
        }
        now = end;
    }

    /** Whether some alarm is set. */
    boolean isWatching() {
        return alarms.next() != Long.MAX_VALUE;
    }
}
