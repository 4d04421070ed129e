/**
 * The virtual switch that joins the VMs' network devices: ports, learned addresses, forwarding rules, back-pressure, counters and
 * captures. Knows no VM and no device, only numbers of owners and {@link org.shyperlab.emulator.device.virtio.FrameSink}s; the
 * table of rules is in docs/network.md.
 *
 * <p>Who may call: whoever builds and removes VMs makes and removes ports; devices offer frames; commands read counters. All on the
 * machine's thread. The path of a frame allocates nothing.
 */
@NullMarked
package org.shyperlab.hypervisor.net;

import org.jspecify.annotations.NullMarked;
