/**
 * What hypervisors see of a physical core, whatever its architecture: {@link org.shyperlab.emulator.core.Core} to use,
 * {@link org.shyperlab.emulator.core.Monitor} to implement, and what its events cost.
 *
 * <p>Who may call: hypervisors and the machine, on the machine's thread. Each architecture has a room below this one.
 */
@NullMarked
package org.shyperlab.emulator.core;

import org.jspecify.annotations.NullMarked;
