/** Calls that RISC-V guests make with ecall: SBI and Rust-Shyper's hypercalls. For the trap handlers. */
@NullMarked
package org.shyperlab.hypervisor.hypercall.riscv64;

import org.jspecify.annotations.NullMarked;
