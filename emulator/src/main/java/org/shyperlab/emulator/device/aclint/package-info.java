/**
 * The RISC-V advanced core-local interruptor (ACLINT 1.0): software interrupts and the machine timer.
 *
 * <p>Who may call: boards create its parts and wire them to harts. Everything runs on the machine's thread.
 */
@NullMarked
package org.shyperlab.emulator.device.aclint;

import org.jspecify.annotations.NullMarked;
