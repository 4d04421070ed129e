/** What firmware offers below the hypervisor's level: PSCI at EL3. Called by the machine only; knows nothing of guests. */
@NullMarked
package org.shyperlab.emulator.firmware;

import org.jspecify.annotations.NullMarked;
