/**
 * What every memory-mapped device has in common: the {@link org.shyperlab.emulator.device.Device} contract, interrupt wires, and
 * declarative register tables.
 *
 * <p>Who may call: boards create devices and wire them; the bus delivers accesses. Everything here runs on the machine's thread and
 * nothing here knows of hypervisors or boards. Each family of devices has a room below this one.
 */
@NullMarked
package org.shyperlab.emulator.device;

import org.jspecify.annotations.NullMarked;
