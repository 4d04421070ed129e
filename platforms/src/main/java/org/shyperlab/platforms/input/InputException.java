package org.shyperlab.platforms.input;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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

    /** The same with {@code place} before each problem. */
    public InputException at(String place) {
        return new InputException(
                problems.stream().map(problem -> place + problem).toList());
    }

    /** Everything that is wrong. */
    public List<String> problems() {
        return problems;
    }

    /** Why a file could not be written: what is missing then is its folder. */
    public static String reasonForWriting(Path file, IOException error) {
        return error instanceof NoSuchFileException
                ? "there is no folder %s."
                        .formatted(file.toAbsolutePath().normalize().getParent())
                : reason(error);
    }

    private static String sentence(String reason) {
        return reason.endsWith(".") ? reason : Character.toLowerCase(reason.charAt(0)) + reason.substring(1) + ".";
    }

    /** Why a file could not be used, in words: the JDK's messages repeat the name only. */
    public static String reason(IOException error) {
        return switch (error) {
            case NoSuchFileException missing -> "there is no such file.";
            case AccessDeniedException denied -> "no permission.";
            case FileSystemException other when other.getReason() != null -> sentence(other.getReason());
            default -> error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
        };
    }
}
