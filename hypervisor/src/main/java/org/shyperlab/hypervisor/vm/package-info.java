/** Virtual machines: identity, life cycle, vCPUs. What AArch64 adds is in {@code vm.aarch64}. */
@NullMarked
package org.shyperlab.hypervisor.vm;

import org.jspecify.annotations.NullMarked;
