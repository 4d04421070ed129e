/** AArch64 in words: exception syndromes, the walk of stage 1 and stage 2, PSTATE. For the debug room alone. */
@NullMarked
package org.shyperlab.emulator.debug.aarch64;

import org.jspecify.annotations.NullMarked;
