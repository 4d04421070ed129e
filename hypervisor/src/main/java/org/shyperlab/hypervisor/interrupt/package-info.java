/** Interrupts of VMs: who owns which of the board's. The virtual interrupt controllers are in the architectures' parts. */
@NullMarked
package org.shyperlab.hypervisor.interrupt;

import org.jspecify.annotations.NullMarked;
