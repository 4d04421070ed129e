/**
 * What the machine costs in host time: JMH benches of single hot paths, the interrupt-latency path stage by stage, and the report that
 * sets both beside published figures. Nobody calls this room; {@code scripts/bench} starts {@link org.shyperlab.benchmarks.Main}. It
 * alone may look at the host's clock.
 */
@NullMarked
package org.shyperlab.benchmarks;

import org.jspecify.annotations.NullMarked;
