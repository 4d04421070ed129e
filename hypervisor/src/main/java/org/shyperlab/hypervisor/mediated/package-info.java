/**
 * Disks of guests that the management VM serves, in Rust-Shyper's four parts: {@link org.shyperlab.hypervisor.mediated.MediatedStore}
 * generates tasks, {@link org.shyperlab.hypervisor.mediated.TaskQueues} has a queue for each VM and schedules fairly between them,
 * {@link org.shyperlab.hypervisor.mediated.MediatedDisks} executes. No VM waits in the hypervisor meanwhile. For the hypercall room,
 * which brings the management VM's side, and for the builder of VMs.
 */
@NullMarked
package org.shyperlab.hypervisor.mediated;

import org.jspecify.annotations.NullMarked;
