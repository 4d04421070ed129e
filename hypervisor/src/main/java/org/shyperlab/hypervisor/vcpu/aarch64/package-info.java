/** AArch64 vCPUs: register file, world switch, emulated timer, load/store decoding and the handlers of each kind of trap. */
@NullMarked
package org.shyperlab.hypervisor.vcpu.aarch64;

import org.jspecify.annotations.NullMarked;
