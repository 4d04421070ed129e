package org.shyperlab.emulator.debug;

import java.util.ArrayList;
import java.util.List;

/** A document of tables in Markdown, for tests that hold a committed document against the program's tables. */
public final class ReferenceText {
    private final List<String> lines = new ArrayList<>();

    /** Adds a line. */
    public void line(String line) {
        lines.add(line);
    }

    /** Adds lines, and an empty one before them. */
    void paragraph(String... paragraph) {
        lines.add("");
        lines.addAll(List.of(paragraph));
    }

    /** Begins a section that is one table. */
    public void section(String title, String introduction, String header) {
        paragraph("## " + title, "", introduction, "", header);
        lines.add(header.replaceAll("[^|]+", "---"));
    }

    @Override
    public String toString() {
        return String.join("\n", lines) + "\n";
    }
}
