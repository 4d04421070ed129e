/** Stage-2 translation of AArch64 VMs, and reading guest memory the way the guest's own translation sees it. For vm and vcpu. */
@NullMarked
package org.shyperlab.hypervisor.memory.aarch64;

import org.jspecify.annotations.NullMarked;
