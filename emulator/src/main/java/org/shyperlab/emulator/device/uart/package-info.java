/**
 * Serial ports. A port writes its bytes to a {@link org.shyperlab.emulator.device.uart.SerialOutput} and is handed input bytes by
 * whoever plays the terminal.
 *
 * <p>Who may call: boards create and wire ports; terminals call the receiving side. Everything runs on the machine's thread.
 */
@NullMarked
package org.shyperlab.emulator.device.uart;

import org.jspecify.annotations.NullMarked;
