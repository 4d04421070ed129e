package org.shyperlab.platforms.run;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was loaded onto a platform: one native system, or a hypervisor with its VMs. */
interface GuestSystem extends AutoCloseable {
    /** What runs, in order: one guest that is {@link org.shyperlab.emulator.trace.Trace#NATIVE}, or VM 0 and so on. */
    List<Guest> guests();

    /** Offers a typed byte to the console of the first guest; false when it cannot take it now. */
    boolean type(int value);

    /** Its VMs, for orders from outside; null without a hypervisor. */
    @Nullable
    RunningVms vms();

    /** Reports of guests that failed so far, as text; empty when all are well. */
    List<String> failures();

    /** The guests asked for a reset of the board: resets it, and loads everything as at first. */
    void restart();

    /** Closes what guests had open outside. */
    @Override
    default void close() {}

    /** One guest: its number in traces, its name, what it prints. */
    record Guest(int vm, String name, GuestConsole console) {}
}
