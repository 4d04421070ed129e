/** RV64 with the H extension in words: causes, htinst, hstatus, the walk of VS-stage and G-stage. For the debug room alone. */
@NullMarked
package org.shyperlab.emulator.debug.riscv64;

import org.jspecify.annotations.NullMarked;
