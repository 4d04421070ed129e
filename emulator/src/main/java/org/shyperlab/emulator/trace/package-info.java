/**
 * What happened: guest errors, traps, interrupts. Cores, machine and hypervisors record here without allocating; programs read counters
 * and hashes, and attach sinks that write the events down. Nothing here influences the machine.
 *
 * <p>All of it belongs to the machine's thread.
 */
@NullMarked
package org.shyperlab.emulator.trace;

import org.jspecify.annotations.NullMarked;
