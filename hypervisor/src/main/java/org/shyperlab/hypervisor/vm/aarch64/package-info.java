/** AArch64 VMs: stage 2, virtual GIC, emulated devices; and how they are built and loaded. For the hypervisor and its trap handlers. */
@NullMarked
package org.shyperlab.hypervisor.vm.aarch64;

import org.jspecify.annotations.NullMarked;
