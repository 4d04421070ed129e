/**
 * RISC-V cores (harts) as the rest of the machine sees them: the pins and interrupt files that connect a hart with its interrupt
 * controllers.
 *
 * <p>Who may call: boards and devices (they drive {@link org.shyperlab.emulator.core.riscv64.HartInterruptInputs} and provide
 * {@link org.shyperlab.emulator.core.riscv64.HartInterruptFiles}) and the core, on the machine's thread.
 */
@NullMarked
package org.shyperlab.emulator.core.riscv64;

import org.jspecify.annotations.NullMarked;
