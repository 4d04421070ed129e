/**
 * Interrupt virtualization on GICv2: the physical GIC's registers as EL2 uses them, the emulated distributor, and the virtual CPU
 * interface that fills list registers. For the vcpu and vm rooms; runs on the machine's thread, on the core that owns the vCPU.
 */
@NullMarked
package org.shyperlab.hypervisor.interrupt.aarch64;

import org.jspecify.annotations.NullMarked;
