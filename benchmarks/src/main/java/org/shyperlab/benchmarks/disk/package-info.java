/**
 * Disks of a Linux VM, measured: the same sequential writes and reads on a disk that the management VM serves and on one of the
 * hypervisor's own, with what each mebibyte costs in traps. {@code scripts/bench disks} runs it; a test holds the counts.
 */
@NullMarked
package org.shyperlab.benchmarks.disk;

import org.jspecify.annotations.NullMarked;
