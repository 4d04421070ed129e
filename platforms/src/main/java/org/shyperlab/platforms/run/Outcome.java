package org.shyperlab.platforms.run;

/**
 * How a run ended.
 *
 * @param exitCode what the program returns
 * @param text one line for people
 */
public record Outcome(int exitCode, String text) {
    /** The guest powered off, or the awaited text came. */
    public static final int SUCCESS = 0;
    /** A guest failed. */
    public static final int GUEST_FAILED = 1;
    /** What the user gave is wrong. */
    public static final int WRONG_INPUT = 2;
    /** Ended by SIGINT, SIGTERM or SIGHUP: 128 + SIGINT stands for all of them; the JVM returns the right one. */
    public static final int INTERRUPTED = 130;
    /** Nobody reads what guests print any more: 128 + SIGPIPE, as other programs end. */
    public static final int OUTPUT_CLOSED = 141;
    /** The limit of virtual time was reached. */
    public static final int LIMIT_REACHED = 3;
}
