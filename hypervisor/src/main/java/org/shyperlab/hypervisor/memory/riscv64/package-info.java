/** G-stage translation of RISC-V VMs. For vm and vcpu. */
@NullMarked
package org.shyperlab.hypervisor.memory.riscv64;

import org.jspecify.annotations.NullMarked;
