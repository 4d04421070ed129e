/**
 * What the network between VMs has of the host: capture files, and the user-mode uplink. That is one end of a cable whose other end is
 * a VM's network device, with a gateway behind it that speaks ARP, DHCP, ICMP echo, UDP and TCP and reaches the host's loopback
 * address and nothing else. It is the one part of a run that is not deterministic: it moves data of host sockets, at points of
 * virtual time.
 *
 * <p>Who may call: who builds a run, when the user asked for captures or for a {@link org.shyperlab.platforms.net.UserUplink}. All on the
 * machine's thread.
 */
@NullMarked
package org.shyperlab.platforms.net;

import org.jspecify.annotations.NullMarked;
