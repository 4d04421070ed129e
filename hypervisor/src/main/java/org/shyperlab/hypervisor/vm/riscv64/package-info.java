/** RISC-V VMs: building them, and their life. For the hypervisor and its trap handlers. */
@NullMarked
package org.shyperlab.hypervisor.vm.riscv64;

import org.jspecify.annotations.NullMarked;
