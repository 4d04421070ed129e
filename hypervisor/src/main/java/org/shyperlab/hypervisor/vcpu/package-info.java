/** Virtual processors: what scheduler, traces and reports need to know of one. The register file is in {@code vcpu.aarch64}. */
@NullMarked
package org.shyperlab.hypervisor.vcpu;

import org.jspecify.annotations.NullMarked;
