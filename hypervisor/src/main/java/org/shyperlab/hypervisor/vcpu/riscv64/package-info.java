/** RISC-V vCPUs and the handling of their traps. For the hypervisor. */
@NullMarked
package org.shyperlab.hypervisor.vcpu.riscv64;

import org.jspecify.annotations.NullMarked;
