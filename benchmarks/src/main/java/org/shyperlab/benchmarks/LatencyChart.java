package org.shyperlab.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** The medians of the interrupt path's stages as bars: one page of HTML with its SVG inside, which needs nothing else. */
final class LatencyChart {
    private static final int LEFT = 190;
    private static final int WIDTH = 640;
    private static final int BAR = 26;
    private static final int STEP = 40;
    private static final int TOP = 60;
    /** By ordinal of {@link LatencyStage}; distinguishable without red and green. */
    private static final String[] COLOURS = {"#888888", "#e69f00", "#f0e442", "#56b4e9", "#0072b2"};

    private LatencyChart() {}

    /** The page. */
    static String html(List<LatencyResult> results) {
        double longest = 1;
        for (LatencyResult result : results) {
            longest = Math.max(longest, sum(result));
        }
        StringBuilder svg = new StringBuilder();
        legend(svg);
        for (int row = 0; row < results.size(); row++) {
            bar(svg, results.get(row), TOP + row * STEP, WIDTH / longest);
        }
        return """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8"><title>Shyperlab: from a device's line to the guest's handler</title></head>
                <body style="font-family: sans-serif"><h1>From a device's line to the guest's handler</h1>
                <p>Median host time of each stage, in ns; the length of a bar is their sum.</p>
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="13">
                %s</svg></body></html>
                """.formatted(LEFT + WIDTH + 80, TOP + results.size() * STEP, svg);
    }

    private static double sum(LatencyResult result) {
        return result.nanos().values().stream()
                .mapToDouble(stage -> stage.getValueAtPercentile(50))
                .sum();
    }

    private static void legend(StringBuilder svg) {
        int x = 0;
        for (LatencyStage stage : LatencyStage.values()) {
            if (stage != LatencyStage.RAISED) {
                rectangle(svg, x, 8, 14, 14, COLOURS[stage.ordinal()], stage.title());
                text(svg, x + 19, 20, "start", stage.title());
                x += 34 + stage.title().length() * 7;
            }
        }
    }

    private static void bar(StringBuilder svg, LatencyResult result, int y, double scale) {
        text(svg, LEFT - 10, y + 18, "end", result.mode().title());
        double x = LEFT;
        for (Map.Entry<LatencyStage, Histogram> stage : result.nanos().entrySet()) {
            long nanos = stage.getValue().getValueAtPercentile(50);
            double width = nanos * scale;
            rectangle(
                    svg,
                    x,
                    y,
                    width,
                    BAR,
                    COLOURS[stage.getKey().ordinal()],
                    stage.getKey().title() + ": " + nanos + " ns");
            x += width;
        }
        text(svg, x + 6, y + 18, "start", "%.0f ns".formatted(sum(result)));
    }

    private static void rectangle(
            StringBuilder svg, double x, int y, double width, int height, String colour, String title) {
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"><title>%s</title></rect>%n",
                x,
                y,
                width,
                height,
                colour,
                title));
    }

    private static void text(StringBuilder svg, double x, int y, String anchor, String content) {
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, content));
    }
}
