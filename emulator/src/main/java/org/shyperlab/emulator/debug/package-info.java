/**
 * What people look at: disassembly, traps in words, page walks explained, failures as a report, and the state of the native libraries.
 * What differs between architectures is behind {@link org.shyperlab.emulator.debug.ArchitectureTerms} and {@link
 * org.shyperlab.emulator.debug.TranslationRegisters}, in the rooms {@code aarch64} and {@code riscv64}.
 *
 * <p>Everything here only reads: no call changes the machine, and no value from a guest makes one throw. Monitors and programs call
 * it; silicon (cores, devices, machine) does not. None of it is made for hot paths.
 */
@NullMarked
package org.shyperlab.emulator.debug;

import org.jspecify.annotations.NullMarked;
