package org.shyperlab.emulator.debug;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.shyperlab.emulator.debug.PageWalk.Fault;
import org.shyperlab.emulator.debug.PageWalk.Mapped;
import org.shyperlab.emulator.debug.PageWalk.Step;

/** A page walk as lines of text: one line for each descriptor, stage 2 indented below, the outcome last. */
final class PageWalkText {
    private PageWalkText() {}

    static List<String> lines(PageWalk walk) {
        List<String> lines = new ArrayList<>();
        lines.add("walk of VA 0x%016x (%s %s)"
                .formatted(
                        walk.virtualAddress(),
                        walk.access().name().toLowerCase(Locale.ROOT),
                        walk.terms().place(walk.asUser())));
        for (Step step : walk.steps()) {
            lines.add(line(walk.terms(), step));
        }
        lines.add("  => " + outcome(walk));
        return lines;
    }

    private static String line(ArchitectureTerms terms, Step step) {
        String lookup = "%s L%d".formatted(terms.stage(step.stage()), step.level());
        String ipa = terms.intermediateAddress();
        String where = step.stage() == 1
                ? "  %s  [%s 0x%x = PA 0x%x]".formatted(lookup, ipa, step.descriptorIpa(), step.descriptorPa())
                : "      %s  %s 0x%x  [PA 0x%x]".formatted(lookup, ipa, step.input(), step.descriptorPa());
        return "%s  %016x  %s: %s"
                .formatted(where, step.descriptor(), step.kind().name().toLowerCase(Locale.ROOT), step.meaning());
    }

    private static String outcome(PageWalk walk) {
        ArchitectureTerms terms = walk.terms();
        return switch (walk.outcome()) {
            case Mapped(long ipa, long physicalAddress, String place) ->
                "%s 0x%x, PA 0x%x in %s".formatted(terms.intermediateAddress(), ipa, physicalAddress, place);
            case Fault fault ->
                "%s%s: %s (%s)"
                        .formatted(
                                terms.fault(fault),
                                fault.isInWalk() ? ", during a %s walk".formatted(hyphenated(terms.stage(1))) : "",
                                fault.reason(),
                                terms.faultRegisters(fault));
        };
    }

    private static String hyphenated(String stage) {
        return stage.replace(' ', '-');
    }
}
