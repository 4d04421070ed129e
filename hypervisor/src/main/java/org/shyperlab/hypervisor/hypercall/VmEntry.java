package org.shyperlab.hypervisor.hypercall;

import org.shyperlab.hypervisor.config.VmType;
import org.shyperlab.hypervisor.vm.VmState;

/**
 * A VM as hypercalls tell about it.
 *
 * @param id its number
 * @param name its name
 * @param type what kind of guest it is
 * @param state where it is in its life
 */
public record VmEntry(int id, String name, VmType type, VmState state) {}
