/** How virtual time relates to the host's clock, where a run's user wants that. Runs and the uplink call, on the machine's thread. */
@NullMarked
package org.shyperlab.platforms.time;

import org.jspecify.annotations.NullMarked;
