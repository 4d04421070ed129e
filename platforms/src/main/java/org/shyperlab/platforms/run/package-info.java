/**
 * One run of a scenario: images, consoles, the run itself, its outcome and its statistics. The command line starts runs; tests and
 * benchmarks may too.
 */
@NullMarked
package org.shyperlab.platforms.run;

import org.jspecify.annotations.NullMarked;
