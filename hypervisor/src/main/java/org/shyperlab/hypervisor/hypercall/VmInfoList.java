package org.shyperlab.hypervisor.hypercall;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.shyperlab.hypervisor.config.VmType;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmState;

/**
 * What LIST_VM leaves in guest memory: a 64-bit count, then eight entries of {id u32, name 32 bytes, type u32, state u32},
 * little-endian. A name that is too long is cut so that it always ends with a zero byte.
 */
public final class VmInfoList {
    /** Entries in the list. */
    public static final int CAPACITY = 8;

    /** Bytes of a name, the final zero included. */
    public static final int NAME_SIZE = 32;

    private static final int ENTRY_SIZE = 4 + NAME_SIZE + 4 + 4;

    /** Bytes of the whole list. */
    static final int SIZE = 8 + CAPACITY * ENTRY_SIZE;

    /** One VM of the list. */
    record Entry(int id, String name, VmType type, VmState state) {
        /** A VM that exists. */
        static Entry of(Vm vm) {
            return new Entry(vm.id(), vm.name(), vm.config().type(), vm.state());
        }
    }

    private VmInfoList() {}

    /** The list of these VMs, at most the first eight. */
    public static byte[] encode(List<? extends Vm> vms) {
        return encodeEntries(vms.stream().map(Entry::of).toList());
    }

    /** The list of these entries, at most the first eight. */
    static byte[] encodeEntries(List<Entry> vms) {
        int count = Math.min(vms.size(), CAPACITY);
        ByteBuffer buffer = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(count);
        for (int i = 0; i < count; i++) {
            Entry vm = vms.get(i);
            byte[] name = vm.name().getBytes(StandardCharsets.UTF_8);
            int start = buffer.position();
            buffer.putInt(vm.id());
            buffer.put(name, 0, Math.min(name.length, NAME_SIZE - 1));
            buffer.position(start + 4 + NAME_SIZE);
            buffer.putInt(vm.type().number());
            buffer.putInt(vm.state().number());
        }
        return buffer.array();
    }
}
