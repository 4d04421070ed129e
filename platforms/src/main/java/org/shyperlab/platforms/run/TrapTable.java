package org.shyperlab.platforms.run;

import java.util.Locale;

/** Statistics as an aligned table for people: traps by guest, vCPU and kind. */
public final class TrapTable {
    private static final int NARROWEST = 11;

    private TrapTable() {}

    /** The table, with a summary line above it. */
    public static String of(Statistics run) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%s on %s (%s, %d core%s): %s%n%,d instructions, %.6f s of virtual time, %.2f s of host CPU time, %d guest errors%n",
                run.scenario(),
                run.board(),
                run.mode(),
                run.cores(),
                run.cores() == 1 ? "" : "s",
                run.outcome(),
                run.instructions(),
                run.virtualSeconds(),
                run.hostCpuSeconds(),
                run.guestErrors()));
        int width = labelWidth(run);
        text.append(String.format(
                Locale.ROOT,
                "%n%-12s %-5s %-" + width + "s %14s %14s%n",
                "guest",
                "vcpu",
                "trap",
                "count",
                "virtual time"));
        long rows = 0;
        for (Statistics.Guest guest : run.guests()) {
            for (int vcpu = 0; vcpu < guest.vcpus().size(); vcpu++) {
                rows += rows(text, guest, vcpu, width);
            }
        }
        if (rows == 0) {
            text.append("(no traps)\n");
        }
        text.append(String.format(
                Locale.ROOT,
                "interrupts: %,d physical, %,d injected%n",
                run.physicalInterrupts(),
                run.injectedInterrupts()));
        return text.toString();
    }

    private static int labelWidth(Statistics run) {
        return run.guests().stream()
                .flatMap(guest -> guest.vcpus().stream())
                .flatMap(vcpu -> vcpu.traps().keySet().stream())
                .mapToInt(kind -> kind.label().length())
                .reduce(NARROWEST, Math::max);
    }

    private static long rows(StringBuilder text, Statistics.Guest guest, int vcpu, int width) {
        guest.vcpus()
                .get(vcpu)
                .traps()
                .forEach((kind, traps) -> text.append(String.format(
                        Locale.ROOT,
                        "%-12s %5d %-" + width + "s %,14d %12.6f s%n",
                        guest.label().equals(guest.name()) ? guest.label() : guest.label() + " " + guest.name(),
                        vcpu,
                        kind.label(),
                        traps.count(),
                        traps.virtualSeconds())));
        return guest.vcpus().get(vcpu).traps().size();
    }
}
