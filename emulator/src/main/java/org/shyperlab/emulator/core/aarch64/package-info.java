/**
 * AArch64 cores with EL2: system registers, traps and register files as software at EL2 sees them.
 *
 * <p>Who may call: hypervisors through the interfaces; the machine creates the cores. All on the machine's thread.
 */
@NullMarked
package org.shyperlab.emulator.core.aarch64;

import org.jspecify.annotations.NullMarked;
