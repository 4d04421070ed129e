/** Devices that the hypervisor emulates for VMs: reached by stage-2 aborts. Knows no architecture. */
@NullMarked
package org.shyperlab.hypervisor.device;

import org.jspecify.annotations.NullMarked;
