/**
 * The Arm Generic Interrupt Controller, architecture version 2 (Arm IHI 0048B), with the virtualization extensions and without the
 * security extensions, as on QEMU's virt board.
 *
 * <p>Who may call: boards create a {@link org.shyperlab.emulator.device.gic.GicV2}, put its four windows on the bus and wire its
 * inputs; software reaches it only through those windows. Everything runs on the machine's thread and allocates nothing after
 * construction.
 */
@NullMarked
package org.shyperlab.emulator.device.gic;

import org.jspecify.annotations.NullMarked;
