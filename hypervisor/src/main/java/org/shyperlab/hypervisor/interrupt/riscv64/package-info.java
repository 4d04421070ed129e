/**
 * Interrupts of RISC-V VMs: the virtual PLIC or APLIC of each VM, the guest interrupt files that it has, and the hypervisor's hold on
 * the board's PLIC or APLIC. For vm and vcpu, and for the hypervisor's interrupt handler.
 */
@NullMarked
package org.shyperlab.hypervisor.interrupt.riscv64;

import org.jspecify.annotations.NullMarked;
