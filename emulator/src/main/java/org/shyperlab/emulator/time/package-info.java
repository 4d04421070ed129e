/**
 * Virtual time: the clock, the system counter's scale, and alarms. The host's clock never enters.
 *
 * <p>Who may call: everything that runs on the machine's thread.
 */
@NullMarked
package org.shyperlab.emulator.time;

import org.jspecify.annotations.NullMarked;
