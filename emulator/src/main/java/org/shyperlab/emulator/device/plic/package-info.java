/**
 * The RISC-V platform-level interrupt controller (PLIC specification 1.0.0), for wired interrupts on harts without IMSICs.
 *
 * <p>Who may call: boards create it and wire its sources and contexts. Everything runs on the machine's thread.
 */
@NullMarked
package org.shyperlab.emulator.device.plic;

import org.jspecify.annotations.NullMarked;
