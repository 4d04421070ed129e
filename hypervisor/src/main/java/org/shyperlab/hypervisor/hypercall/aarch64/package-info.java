/** Calls that AArch64 guests make with HVC and SMC: Rust-Shyper's hypercalls and PSCI. For the trap handlers. */
@NullMarked
package org.shyperlab.hypervisor.hypercall.aarch64;

import org.jspecify.annotations.NullMarked;
