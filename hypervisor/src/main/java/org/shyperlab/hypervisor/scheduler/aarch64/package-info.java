/** What one physical AArch64 core runs: run queue, world switch, hypervisor timer; and the set of all cores with their IPIs. */
@NullMarked
package org.shyperlab.hypervisor.scheduler.aarch64;

import org.jspecify.annotations.NullMarked;
