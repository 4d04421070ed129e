package org.shyperlab.emulator.trace;

/** Puts a trap into words, for example {@code data abort: write of 4 bytes}. Called only when text is written. */
@FunctionalInterface
public interface TrapDescriber {
    /** Gives the bare numbers. */
    TrapDescriber PLAIN = event -> "syndrome 0x%08x detail 0x%x".formatted(event.syndrome(), event.detail());

    /** One line without quotes or line breaks about an event of type {@link TraceEvent.Type#TRAP}. */
    String describe(TraceEvent event);
}
