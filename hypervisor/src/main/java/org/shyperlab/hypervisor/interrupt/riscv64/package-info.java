/**
 * Interrupts of RISC-V VMs: the virtual PLIC of each VM, and the hypervisor's hold on the board's PLIC. For vm and vcpu, and for the
 * hypervisor's interrupt handler.
 */
@NullMarked
package org.shyperlab.hypervisor.interrupt.riscv64;

import org.jspecify.annotations.NullMarked;
