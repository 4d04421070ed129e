/** Which vCPU a core runs next: round robin, as Rust-Shyper's sched_rr. Knows no architecture. */
@NullMarked
package org.shyperlab.hypervisor.scheduler;

import org.jspecify.annotations.NullMarked;
