package org.shyperlab.platforms.cli;

import java.util.List;
import java.util.Locale;
import org.shyperlab.platforms.control.Message;

/** A machine's answers about VMs as text for people. */
final class VmTables {
    private VmTables() {}

    /** All VMs, as the {@code shyper} program in the management VM lists them. */
    static String list(List<Message> vms) {
        StringBuilder text = new StringBuilder("%d virtual machines%n".formatted(vms.size()));
        vms.forEach(vm -> text.append("  ").append(row(vm)));
        return text.toString();
    }

    /** One VM in one line. */
    static String row(Message vm) {
        return "VM %d  %s  %s  %s%n".formatted(vm.integer("id"), vm.text("state"), vm.text("type"), vm.text("name"));
    }

    /** Figures of VMs. */
    static String stats(Message reply) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "machine: %.6f s of virtual time%n", reply.number("virtualSeconds")));
        for (Message vm : reply.objects("vms")) {
            List<Message> vcpus = vm.objects("vcpus");
            text.append(String.format(
                    Locale.ROOT,
                    "%nVM %d (%s): %s, %d vCPU%s, %.6f s of its own virtual time%n",
                    vm.integer("id"),
                    vm.text("name"),
                    vm.text("state"),
                    vcpus.size(),
                    vcpus.size() == 1 ? "" : "s",
                    vm.number("virtualSeconds")));
            text.append("  vcpu core  what                            count\n");
            for (int vcpu = 0; vcpu < vcpus.size(); vcpu++) {
                figures(text, vcpu, vcpus.get(vcpu));
            }
            vm.objects("ports").forEach(port -> port(text, port));
        }
        return text.toString();
    }

    private static void port(StringBuilder text, Message port) {
        text.append(String.format(
                Locale.ROOT,
                "  %s: sent %,d frames (%,d bytes), received %,d (%,d bytes)%n",
                port.text("device"),
                port.integer("framesSent"),
                port.integer("bytesSent"),
                port.integer("framesReceived"),
                port.integer("bytesReceived")));
        Message dropped = port.object("dropped");
        for (String rule : dropped.members().keySet()) {
            text.append(String.format(Locale.ROOT, "    dropped by rule \"%s\": %,d%n", rule, dropped.integer(rule)));
        }
    }

    private static void figures(StringBuilder text, int vcpu, Message of) {
        Message traps = of.object("traps");
        for (String kind : traps.members().keySet()) {
            row(text, vcpu, of, "trap " + kind, traps.integer(kind));
        }
        row(text, vcpu, of, "injected interrupts", of.integer("injected"));
    }

    private static void row(StringBuilder text, int vcpu, Message of, String what, long count) {
        text.append(String.format(Locale.ROOT, "  %4d %4d  %-24s %,12d%n", vcpu, of.integer("core"), what, count));
    }
}
