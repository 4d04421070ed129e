/**
 * The type-1 hypervisor: {@link org.shyperlab.hypervisor.Hypervisor} is the software at EL2, the other types here are what it is
 * built from and whom it tells. For platforms, which gives it a board and VMs; everything runs on the machine's thread.
 */
@NullMarked
package org.shyperlab.hypervisor;

import org.jspecify.annotations.NullMarked;
