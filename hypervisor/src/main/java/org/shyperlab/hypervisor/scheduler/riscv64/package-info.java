/** What one physical RISC-V hart runs: run queue, world switch, timer; and the set of all harts with their IPIs. */
@NullMarked
package org.shyperlab.hypervisor.scheduler.riscv64;

import org.jspecify.annotations.NullMarked;
