/** Machine code of test guests, written in Java: one source for both architectures where that is possible. For tests of this module. */
@NullMarked
package org.shyperlab.hypervisor.code;

import org.jspecify.annotations.NullMarked;
