/**
 * Devices through which software switches the machine off or resets it.
 *
 * <p>Who may call: boards create them. Everything runs on the machine's thread.
 */
@NullMarked
package org.shyperlab.emulator.device.power;

import org.jspecify.annotations.NullMarked;
