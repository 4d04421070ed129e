/**
 * Real-time clocks, which tell a date that follows from virtual time alone.
 *
 * <p>Who may call: boards create and wire them. Everything runs on the machine's thread.
 */
@NullMarked
package org.shyperlab.emulator.device.rtc;

import org.jspecify.annotations.NullMarked;
