/**
 * The user-mode uplink: one end of a cable whose other end is a VM's network device, with a gateway behind it that speaks ARP, DHCP,
 * ICMP echo, UDP and TCP and reaches the host's loopback address and nothing else. The one part of a run that is not deterministic:
 * it moves data of host sockets, at points of virtual time.
 *
 * <p>Who may call: who builds a run makes a {@link org.shyperlab.platforms.net.UserUplink}, when the user asked for it. All on the
 * machine's thread.
 */
@NullMarked
package org.shyperlab.platforms.net;

import org.jspecify.annotations.NullMarked;
