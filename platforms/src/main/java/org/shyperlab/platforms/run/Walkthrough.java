package org.shyperlab.platforms.run;

import java.util.ArrayList;
import java.util.List;
import org.shyperlab.platforms.scenario.Scenario;

/** Watches VMs' consoles for what a scenario's walk-through expects there. */
final class Walkthrough {
    /** Expects nothing, for ever. */
    static final Walkthrough NONE = new Walkthrough(List.of(), Long.MAX_VALUE);

    private final long limitNanos;
    private final List<Expectation> expectations = new ArrayList<>();

    private static final class Expectation {
        private final String vm;
        private final String text;
        private final TextMatcher matcher;
        private boolean seen;

        Expectation(String vm, String text) {
            this.vm = vm;
            this.text = text;
            this.matcher = new TextMatcher(text);
        }
    }

    /** Expects what {@code steps} say, within so much virtual time. */
    Walkthrough(List<Scenario.Step> steps, long limitNanos) {
        this.limitNanos = limitNanos;
        for (Scenario.Step step : steps) {
            step.expect().forEach(text -> expectations.add(new Expectation(step.vm(), text)));
        }
    }

    /** Passes on to {@code output} what a VM prints, and looks at it on the way. */
    ByteSink watch(String vm, ByteSink output) {
        List<Expectation> own = expectations.stream()
                .filter(expectation -> expectation.vm.equals(vm))
                .toList();
        if (own.isEmpty()) {
            return output;
        }
        return value -> {
            output.put(value);
            for (Expectation expectation : own) {
                expectation.seen |= expectation.matcher.accept(value);
            }
        };
    }

    /** Virtual time after which it has failed. */
    long limitNanos() {
        return limitNanos;
    }

    /** Whether everything expected was printed. */
    boolean held() {
        return expectations.stream().allMatch(expectation -> expectation.seen);
    }

    /** What was expected and whether it was printed, a line each; empty when nothing was expected. */
    List<String> report() {
        return expectations.stream()
                .map(expectation -> "%-8s %s printed \"%s\""
                        .formatted(expectation.seen ? "held:" : "MISSING:", expectation.vm, expectation.text))
                .toList();
    }
}
