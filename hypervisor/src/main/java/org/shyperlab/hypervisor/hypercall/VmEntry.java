package org.shyperlab.hypervisor.hypercall;

import java.util.List;
import org.shyperlab.hypervisor.config.VmType;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmState;

/**
 * A VM as hypercalls tell about it.
 *
 * @param id its number
 * @param name its name
 * @param type what kind of guest it is
 * @param state where it is in its life
 */
public record VmEntry(int id, String name, VmType type, VmState state) {
    /** A VM that exists. */
    public static VmEntry of(Vm vm) {
        return new VmEntry(vm.id(), vm.name(), vm.config().type(), vm.state());
    }

    /** The list of these VMs as LIST_VM writes it. */
    public static byte[] encode(List<Vm> vms) {
        return VmInfoList.encode(vms.stream().map(VmEntry::of).toList());
    }
}
