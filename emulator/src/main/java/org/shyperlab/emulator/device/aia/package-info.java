/**
 * The RISC-V advanced interrupt architecture (AIA 1.0) outside of the harts: the APLIC, which takes wires, and the IMSICs' interrupt
 * files, which take messages.
 *
 * <p>Who may call: boards create and wire them; harts read and claim their interrupt files through {@link
 * org.shyperlab.emulator.core.riscv64.HartInterruptFiles}. Everything runs on the machine's thread.
 */
@NullMarked
package org.shyperlab.emulator.device.aia;

import org.jspecify.annotations.NullMarked;
