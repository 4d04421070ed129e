/** Rust-Shyper's hypercall interface: numbers and data layouts. Knows no architecture; the calling convention is in its parts. */
@NullMarked
package org.shyperlab.hypervisor.hypercall;

import org.jspecify.annotations.NullMarked;
