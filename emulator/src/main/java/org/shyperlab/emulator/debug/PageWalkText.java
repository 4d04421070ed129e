package org.shyperlab.emulator.debug;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.shyperlab.emulator.debug.PageWalk.Access;
import org.shyperlab.emulator.debug.PageWalk.Fault;
import org.shyperlab.emulator.debug.PageWalk.Mapped;
import org.shyperlab.emulator.debug.PageWalk.Step;

/** A page walk as lines of text: one line for each descriptor, stage 2 indented below, the outcome last. */
final class PageWalkText {
    private PageWalkText() {}

    static List<String> lines(PageWalk walk) {
        List<String> lines = new ArrayList<>();
        lines.add("walk of VA 0x%016x (%s at EL%d)"
                .formatted(walk.virtualAddress(), walk.access().name().toLowerCase(Locale.ROOT), walk.atEl0() ? 0 : 1));
        for (Step step : walk.steps()) {
            lines.add(line(step));
        }
        lines.add(outcome(walk));
        return lines;
    }

    /** {@code access} as a noun phrase. */
    static String noun(Access access) {
        return switch (access) {
            case READ -> "reads";
            case WRITE -> "writes";
            case FETCH -> "instruction fetches";
        };
    }

    private static String line(Step step) {
        String where = step.stage() == 1
                ? "  stage 1 L%d  [IPA 0x%x = PA 0x%x]"
                        .formatted(step.level(), step.descriptorIpa(), step.descriptorPa())
                : "      stage 2 L%d  IPA 0x%x  [PA 0x%x]".formatted(step.level(), step.input(), step.descriptorPa());
        return "%s  %016x  %s: %s"
                .formatted(where, step.descriptor(), step.kind().name().toLowerCase(Locale.ROOT), step.meaning());
    }

    private static String outcome(PageWalk walk) {
        return switch (walk.outcome()) {
            case Mapped(long ipa, long physicalAddress, String place) ->
                "  => IPA 0x%x, PA 0x%x in %s".formatted(ipa, physicalAddress, place);
            case Fault fault -> "  => " + fault(fault);
        };
    }

    /** The fault in one sentence with the register values that it leaves. */
    static String fault(Fault fault) {
        String what = "stage-%d %s%s: %s"
                .formatted(
                        fault.stage(),
                        FaultStatus.inWords(fault.status()),
                        fault.inStage1Walk() ? ", during a stage-1 walk" : "",
                        fault.reason());
        return fault.stage() == 1
                ? "%s (DFSC 0x%02x)".formatted(what, fault.status())
                : "%s (DFSC 0x%02x, IPA 0x%x, HPFAR_EL2 0x%x)"
                        .formatted(what, fault.status(), fault.ipa(), fault.hpfar());
    }
}
