package org.shyperlab.hypervisor.device;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cables between VMs' virtio consoles. Two consoles are connected while each names the other as its peer; a console that names
 * itself is its VM's notification port, on which the hypervisor writes a line for every message.
 */
public final class ConsoleLinks {
    private final List<ConsoleEnd> ends = new ArrayList<>();

    /**
     * A new end, for the console of VM {@code vm} at {@code base}.
     *
     * @param peer the VM and the guest-physical address of the console at the other end
     * @param host takes what the guest sends while there is no console at the other end
     */
    public ConsoleEnd add(ConsoleEnd.Place place, ConsoleEnd.Place peer, ConsoleEnd.Host host) {
        ConsoleEnd end = new ConsoleEnd(this, place, peer, host);
        ends.add(end);
        return end;
    }

    /** The VM of this console goes away. */
    public void remove(ConsoleEnd end) {
        ends.remove(end);
    }

    /** How many consoles there are. */
    public int count() {
        return ends.size();
    }

    /** The end that {@code end} is connected with, itself for a notification port, or null. */
    @Nullable
    ConsoleEnd partner(ConsoleEnd end) {
        for (int i = 0; i < ends.size(); i++) {
            ConsoleEnd other = ends.get(i);
            if (other.place().equals(end.peer()) && other.peer().equals(end.place())) {
                return other;
            }
        }
        return null;
    }

    /** Tells a VM on its notification port, if it has one, that there is a message: group and event in hexadecimal, and a newline. */
    public void notify(int vm, int group, int event) {
        for (ConsoleEnd end : ends) {
            if (end.place().vm() == vm && end.peer().equals(end.place())) {
                byte[] line = "%x %x\n".formatted(group, event).getBytes(StandardCharsets.US_ASCII);
                end.put(line, 0, line.length);
            }
        }
    }
}
