/** Virtio devices on memory-mapped transports (Virtual I/O Device Specification 1.2, 4.2). Boards build them; nobody else calls. */
@NullMarked
package org.shyperlab.emulator.device.virtio;

import org.jspecify.annotations.NullMarked;
