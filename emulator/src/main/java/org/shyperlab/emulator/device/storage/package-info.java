/**
 * What disks hold: in a file, in memory, or in a file over another one. A store answers requests when it can, not when it is asked, so
 * that one whose data comes from far away (another VM, say) is a store like any other.
 *
 * <p>Who may call: block devices submit requests; boards and hypervisors open and close stores. Everything runs on the machine's thread.
 */
@NullMarked
package org.shyperlab.emulator.device.storage;

import org.jspecify.annotations.NullMarked;
