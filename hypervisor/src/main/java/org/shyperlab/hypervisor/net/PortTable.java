package org.shyperlab.hypervisor.net;

import java.util.StringJoiner;

/** The ports of a switch as a table for people. */
public final class PortTable {
    private static final String ROW = "%-4s %-12s %-17s %-4s %12s %14s %12s %14s  %s%n";

    private PortTable() {}

    /** One line per port: owner, device, address, link, frames and bytes both ways, and what was dropped under which rule. */
    public static String of(VirtualSwitch network) {
        StringBuilder text = new StringBuilder(ROW.formatted(
                "vm", "device", "address", "link", "frames in", "bytes in", "frames out", "bytes out", "dropped"));
        for (SwitchPort port : network.ports()) {
            PortCounters counters = port.counters();
            text.append(ROW.formatted(
                    port.owner() == VirtualSwitch.NO_VM ? "-" : port.owner(),
                    port.name(),
                    port.address(),
                    port.isLinkUp() ? "up" : "down",
                    counters.framesIn(),
                    counters.bytesIn(),
                    counters.framesOut(),
                    counters.bytesOut(),
                    dropped(counters)));
        }
        return text.toString();
    }

    private static String dropped(PortCounters counters) {
        StringJoiner reasons = new StringJoiner(", ");
        reasons.setEmptyValue("0");
        for (DropReason reason : DropReason.values()) {
            if (counters.dropped(reason) > 0) {
                reasons.add(counters.dropped(reason) + " " + reason.label());
            }
        }
        return reasons.toString();
    }
}
