package org.shyperlab.platforms.input;

import java.util.List;

/**
 * What the user gave is wrong: a file, an option, a missing library. The program prints {@link #problems} and ends with code 2; it never
 * shows a stack trace for it.
 */
public final class InputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    /** One problem: a sentence or paragraph that names the thing, the place and the rule. */
    public InputException(String problem) {
        this(List.of(problem));
    }

    /** Several problems, all of which are shown. */
    public InputException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** Everything that is wrong. */
    public List<String> problems() {
        return problems;
    }
}
