package org.shyperlab.benchmarks.disk;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.platforms.run.ConsoleWatcher;
import org.shyperlab.platforms.run.RunningVms;
import org.shyperlab.platforms.run.VmFigures;

/**
 * Reads the marks that {@link DiskScript} has the guest print, and looks at all counters at the first byte of each: so what lies between
 * two marks is one pass over a disk and the printing of the first mark, which a pass that does nothing measures.
 */
final class PhaseWatcher implements ConsoleWatcher {
    private static final char MARK = '@';

    private record Moment(VmFigures guest, VmFigures management, double virtualSeconds, long hostNanos) {}

    private final RunningVms vms;
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final StringBuilder line = new StringBuilder();
    private final List<DiskPhase> phases = new ArrayList<>();
    private final List<String> checked = new ArrayList<>();
    private String[] pass = {};
    private @Nullable Moment now;
    private @Nullable Moment begun;
    private @Nullable DiskPhase nothing;

    PhaseWatcher(RunningVms vms) {
        this.vms = vms;
    }

    /** The passes, in their order, without what their marks cost. */
    List<DiskPhase> phases() {
        return List.copyOf(phases);
    }

    /** What the guest said of the data that it read back. */
    List<String> checked() {
        return List.copyOf(checked);
    }

    @Override
    public void printed(byte value) {
        if (value == '\n') {
            if (!line.isEmpty() && line.charAt(0) == MARK) {
                mark(line.substring(1).strip().split(" "));
            }
            line.setLength(0);
        } else {
            if (line.isEmpty() && value == MARK) {
                now = new Moment(
                        vms.figures(DiskScript.GUEST),
                        vms.figures("0"),
                        vms.virtualSeconds(),
                        threads.getCurrentThreadCpuTime());
            }
            line.append((char) value);
        }
    }

    private void mark(String[] words) {
        switch (words[0]) {
            case "begin" -> {
                pass = words;
                begun = now;
            }
            case "end" -> ended(Long.parseLong(words[1]));
            default -> checked.add(String.join(" ", words));
        }
    }

    private void ended(long requests) {
        Moment from = Objects.requireNonNull(begun);
        Moment to = Objects.requireNonNull(now);
        DiskPhase phase = new DiskPhase(
                pass[1],
                pass[2],
                Integer.parseInt(pass[3]),
                requests,
                side(from.guest, to.guest, nothing == null ? null : nothing.guest()),
                side(from.management, to.management, nothing == null ? null : nothing.management()),
                to.virtualSeconds - from.virtualSeconds,
                (to.hostNanos - from.hostNanos) / 1e9);
        if (nothing == null) {
            nothing = phase;
        } else {
            phases.add(phase);
        }
    }

    private static DiskPhase.Side side(VmFigures from, VmFigures to, DiskPhase.@Nullable Side marks) {
        Map<TrapKind, Long> traps = new EnumMap<>(TrapKind.class);
        for (TrapKind kind : TrapKind.values()) {
            long count = traps(to, kind) - traps(from, kind);
            long ofMarks = marks == null ? 0 : marks.traps().getOrDefault(kind, 0L);
            if (count > ofMarks) {
                traps.put(kind, count - ofMarks);
            }
        }
        long injected = injected(to) - injected(from) - (marks == null ? 0 : marks.injected());
        return new DiskPhase.Side(traps, Math.max(injected, 0));
    }

    private static long traps(VmFigures vm, TrapKind kind) {
        return vm.vcpus().stream()
                .mapToLong(vcpu -> vcpu.traps().getOrDefault(kind, 0L))
                .sum();
    }

    private static long injected(VmFigures vm) {
        return vm.vcpus().stream().mapToLong(VmFigures.Vcpu::injected).sum();
    }

    @Override
    public void removed() {
        // The run ends with the VM.
    }
}
