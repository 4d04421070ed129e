/**
 * A whole machine: cores that take turns on one thread, bus, clock and firmware, and why a run ended.
 *
 * <p>Who may call: boards build machines and run them. Everything but {@code Machine.submit} belongs to the thread that runs it.
 */
@NullMarked
package org.shyperlab.emulator.machine;

import org.jspecify.annotations.NullMarked;
