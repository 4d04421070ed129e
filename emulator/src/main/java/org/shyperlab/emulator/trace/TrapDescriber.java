package org.shyperlab.emulator.trace;

/** Puts an event into words, for example {@code data abort: write of 4 bytes}. Called only when text is written. */
@FunctionalInterface
public interface TrapDescriber {
    /** Gives the bare numbers. */
    TrapDescriber PLAIN = event -> event.kind() == null
            ? "interrupt %d".formatted(event.detail())
            : "syndrome 0x%08x detail 0x%x".formatted(event.syndrome(), event.detail());

    /** One line without line breaks: what trapped and why; of an interrupt, its number. */
    String describe(TraceEvent event);
}
