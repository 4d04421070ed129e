package org.shyperlab.hypervisor.hypercall;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What LIST_VM leaves in guest memory: a 64-bit count of the entries that follow, at most eight, then eight entries of {id u32, name 32 bytes, type u32, state u32},
 * little-endian. A name that is too long is cut so that it always ends with a zero byte.
 */
final class VmInfoList {
    /** Entries in the list. */
    static final int CAPACITY = 8;

    /** Bytes of a name, the final zero included. */
    static final int NAME_SIZE = 32;

    private static final int ENTRY_SIZE = 4 + NAME_SIZE + 4 + 4;

    /** Bytes of the whole list. */
    static final int SIZE = 8 + CAPACITY * ENTRY_SIZE;

    private VmInfoList() {}

    /** The list of these VMs, at most the first eight. */
    static byte[] encode(List<VmEntry> vms) {
        int count = Math.min(vms.size(), CAPACITY);
        ByteBuffer buffer = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(count);
        for (int i = 0; i < count; i++) {
            VmEntry vm = vms.get(i);
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
