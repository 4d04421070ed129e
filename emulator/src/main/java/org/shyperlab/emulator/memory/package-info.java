/**
 * Physical memory and the system bus: which RAM block or device answers at an address.
 *
 * <p>Who may call: boards attach regions; cores, firmware, hypervisors and devices that master the bus read and write, on the machine's
 * thread.
 */
@NullMarked
package org.shyperlab.emulator.memory;

import org.jspecify.annotations.NullMarked;
