/**
 * What firmware offers below the hypervisor's level: PSCI at EL3, SBI in M. Called by the machine; a hypervisor answers its guests'
 * SBI calls with the same {@link org.shyperlab.emulator.firmware.Sbi} over the VM's own harts and memory.
 */
@NullMarked
package org.shyperlab.emulator.firmware;

import org.jspecify.annotations.NullMarked;
