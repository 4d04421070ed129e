package org.shyperlab.platforms.input;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with one file, so that the user sees all of it at once. */
public final class Problems {
    private record Problem(int line, String text) {}

    private final String file;
    private final List<Problem> found = new ArrayList<>();

    /** No problems yet in {@code file}. */
    public Problems(String file) {
        this.file = file;
    }

    /** The file's name as the user knows it. */
    public String file() {
        return file;
    }

    /** Adds one: the rule that is broken in that line, starting with the key's path. */
    public void add(int line, String text) {
        found.add(new Problem(line, text));
    }

    /** Whether nothing is wrong so far. */
    public boolean isEmpty() {
        return found.isEmpty();
    }

    /** All problems in the order of lines, each as {@code file:line: text}. */
    public List<String> all() {
        return found.stream()
                .sorted(Comparator.comparingInt(Problem::line))
                .map(problem -> "%s:%d: %s".formatted(file, problem.line(), problem.text()))
                .distinct()
                .toList();
    }

    /** Throws when anything is wrong. */
    public void throwIfAny() {
        if (!found.isEmpty()) {
            throw new InputException(all());
        }
    }
}
