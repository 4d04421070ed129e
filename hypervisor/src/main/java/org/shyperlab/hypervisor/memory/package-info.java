/**
 * Physical memory as the hypervisor hands it out: the region allocator for VMs, the page pool for its own tables. Knows no
 * architecture: what a stage-2 entry looks like is told by {@code memory.aarch64} and {@code memory.riscv64}. Used while VMs are
 * built and torn down, never in a trap's hot path.
 */
@NullMarked
package org.shyperlab.hypervisor.memory;

import org.jspecify.annotations.NullMarked;
