package org.shyperlab.emulator.core;

import org.shyperlab.emulator.core.aarch64.A64Trap;
import org.shyperlab.emulator.core.riscv64.Rv64Trap;

/**
 * An exception that the architecture routes to the hypervisor's level. Trap objects are preallocated, one of each kind per core, and
 * reused: read what you need before you return from {@link Monitor#trap}.
 */
public sealed interface Trap permits A64Trap, Rv64Trap {
    /** What kind of trap this is, for counters and traces. */
    TrapKind kind();
}
