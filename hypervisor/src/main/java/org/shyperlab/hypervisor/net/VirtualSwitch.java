package org.shyperlab.hypervisor.net;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.time.Alarms;
import org.shyperlab.emulator.time.VirtualClock;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * An Ethernet switch between VMs. It knows the address of every port's NIC and learns others from the frames that pass; a frame to one
 * station goes to its port only, a frame to many only if it is one of those that {@link GroupFrames} lets pass.
 *
 * <p>Nothing that the switch accepted is lost on the way to a port whose link is up and which takes its frames in time; {@link Patience}
 * says what in time means. Where a receiver's queue is full, the sender waits.
 */
public final class VirtualSwitch {
    /** The owner of a port that is no VM's. */
    public static final int NO_VM = -1;

    /** A frame's receivers are bits of a long. */
    public static final int MOST_PORTS = Long.SIZE;

    private final VirtualClock clock;
    private final Alarms.Alarm alarm;
    private final GuestErrors errors;
    private final @Nullable SwitchPort[] ports = new SwitchPort[MOST_PORTS];
    private final AddressTable addresses;
    /** The ports there are, one bit each. */
    private long connected;
    /** When the alarm rings; Long.MAX_VALUE when it does not. */
    private long watching = Long.MAX_VALUE;

    /**
     * A switch without ports. Takes one of the machine's alarms, so it is made while the machine is built.
     *
     * @param errors told of frames that no correct guest sends
     */
    public VirtualSwitch(Alarms alarms, GuestErrors errors) {
        this.errors = errors;
        clock = alarms.clock();
        alarm = alarms.create(this::checkPatience);
        addresses = new AddressTable(MOST_PORTS, clock.hertz());
    }

    /**
     * Why there can be no port for a NIC with this address, in words; null when there can.
     *
     * @param address the address that the NIC is configured with
     */
    public @Nullable String refusal(MacAddress address) {
        if (!MacAddress.isStation(address.bits())) {
            return "%s is not the address of one station".formatted(address);
        }
        int holder = addresses.nicOf(address.bits());
        if (holder != AddressTable.NOBODY) {
            SwitchPort other = port(holder);
            return other.owner() == NO_VM
                    ? "%s is the address of %s".formatted(address, other.name())
                    : "%s is the address of VM %d's %s".formatted(address, other.owner(), other.name());
        }
        return connected == -1 ? "the switch has its %d ports already".formatted(MOST_PORTS) : null;
    }

    /**
     * A new port; its device offers frames to it, and gets those for it after {@link SwitchPort#attach}.
     *
     * @param owner the VM, or {@link #NO_VM}
     * @param name the device's, for tables
     * @param address one for which {@link #refusal} gives null
     */
    public SwitchPort add(int owner, String name, MacAddress address) {
        String refusal = refusal(address);
        if (refusal != null) {
            throw new IllegalStateException(refusal);
        }
        int number = Long.numberOfTrailingZeros(~connected);
        SwitchPort port = new SwitchPort(this, number, owner, name, address);
        addresses.addNic(address.bits(), number);
        ports[number] = port;
        connected |= port.bit();
        return port;
    }

    /**
     * Takes a port out. Nothing of it remains: not its addresses, not what waits for it, not a frame of its that waits for room. What it
     * sent and others have in their queues is theirs. Frames that its device offers afterwards go nowhere.
     */
    public void remove(SwitchPort port) {
        if (ports[port.number()] != port) {
            return;
        }
        connected &= ~port.bit();
        ports[port.number()] = null;
        addresses.removePort(port.number(), port.address().bits());
        port.remove();
        for (SwitchPort other : ports) {
            if (other != null) {
                other.forget(port);
            }
        }
    }

    /** The ports there are, by owner and then in the order of making. */
    public List<SwitchPort> ports() {
        List<SwitchPort> all = new ArrayList<>();
        for (SwitchPort port : ports) {
            if (port != null) {
                all.add(port);
            }
        }
        all.sort(Comparator.comparingInt(SwitchPort::owner));
        return all;
    }

    /** Addresses that the switch knows: one per port, and those it learned. */
    public int addresses() {
        return addresses.size();
    }

    /** The port with this number, which there is. */
    SwitchPort port(int number) {
        return Objects.requireNonNull(ports[number]);
    }

    /** Counts a frame from a port, learns its source, and tells who gets it: one bit per port. */
    long receivers(SwitchPort from, byte[] frame, int offset, int length) {
        if ((connected & from.bit()) == 0 || ports[from.number()] != from) {
            return 0;
        }
        from.counters().in(length);
        if (!EthernetFrame.hasAllowedLength(frame, offset, length)) {
            return drop(from, DropReason.LENGTH, length);
        }
        long source = EthernetFrame.source(frame, offset);
        if (source != from.address().bits()) {
            if (!MacAddress.isStation(source)) {
                return drop(from, DropReason.SOURCE_NOT_A_STATION, source);
            }
            if (!addresses.learn(source, from.number(), now())) {
                return drop(from, DropReason.SOURCE_OF_ANOTHER, source);
            }
        }
        long destination = EthernetFrame.destination(frame, offset);
        if (MacAddress.isGroup(destination)) {
            DropReason refusal = GroupFrames.refusal(destination, frame, offset, length);
            return refusal == null ? connected & ~from.bit() : drop(from, refusal, destination);
        }
        int receiver = addresses.portOf(destination, now());
        return receiver == AddressTable.NOBODY || receiver == from.number()
                ? drop(from, DropReason.UNKNOWN_DESTINATION, destination)
                : 1L << receiver;
    }

    private long drop(SwitchPort from, DropReason reason, long value) {
        from.counters().drop(reason);
        if (reason.broken() != null) {
            errors.report(
                    Device.NO_CORE,
                    from.name(),
                    "VM %d sent a frame with %s 0x%x: %s",
                    from.owner(),
                    reason.label(),
                    value,
                    reason.broken());
        }
        return 0;
    }

    long hertz() {
        return clock.hertz();
    }

    long now() {
        return clock.cycles();
    }

    /** The time if somebody needs it: asking the clock is not free. */
    long nowIf(boolean needed) {
        return needed ? clock.cycles() : 0;
    }

    /** Somebody's patience ends at {@code end}. */
    void watch(long end) {
        if (end < watching) {
            watching = end;
            alarm.set(end);
        }
    }

    private void checkPatience() {
        watching = Long.MAX_VALUE;
        long now = now();
        long next = Long.MAX_VALUE;
        for (SwitchPort port : ports) {
            if (port != null) {
                next = Math.min(next, port.checkPatience(now));
            }
        }
        if (next != Long.MAX_VALUE) {
            watch(next);
        }
    }
}
