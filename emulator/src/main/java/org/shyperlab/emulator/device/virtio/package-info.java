/**
 * Virtio devices on memory-mapped transports (Virtual I/O Device Specification 1.2): the transport and its split rings, block, network,
 * console and entropy devices. What a device moves comes and goes through small interfaces: disks by
 * {@link org.shyperlab.emulator.device.storage.BlockStore}, frames by {@link org.shyperlab.emulator.device.virtio.FrameSink}, characters by
 * {@link org.shyperlab.emulator.device.virtio.StreamSink}.
 *
 * <p>Who may call: boards and hypervisors build devices and their transports; partners on the other side of the sinks. Everything runs on
 * the machine's thread.
 */
@NullMarked
package org.shyperlab.emulator.device.virtio;

import org.jspecify.annotations.NullMarked;
