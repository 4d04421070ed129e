package org.shyperlab.emulator.devicetree;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Writes a device tree in its binary form, version 17. Property names are stored once each. The same tree gives the same bytes. */
public final class FdtWriter {
    private final ByteArrayOutputStream structure = new ByteArrayOutputStream();
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
    private final Map<String, Integer> stringOffsets = new HashMap<>();

    private FdtWriter() {}

    /** The tree's binary form. */
    public static byte[] write(DeviceTree tree) {
        return new FdtWriter().encode(tree);
    }

    private byte[] encode(DeviceTree tree) {
        node(tree.root());
        cell(FdtFormat.END);

        int reservations = FdtFormat.HEADER_BYTES;
        int structureStart = reservations + (tree.reservations().size() + 1) * FdtFormat.RESERVATION_BYTES;
        int stringsStart = structureStart + structure.size();
        int total = FdtFormat.align(stringsStart + strings.size());

        ByteBuffer blob = ByteBuffer.allocate(total);
        blob.putInt(FdtFormat.MAGIC)
                .putInt(total)
                .putInt(structureStart)
                .putInt(stringsStart)
                .putInt(reservations)
                .putInt(FdtFormat.VERSION)
                .putInt(FdtFormat.LAST_COMPATIBLE_VERSION)
                .putInt(tree.bootCpu())
                .putInt(strings.size())
                .putInt(structure.size());
        for (DeviceTree.Reservation reservation : tree.reservations()) {
            blob.putLong(reservation.address()).putLong(reservation.size());
        }
        blob.putLong(0).putLong(0);
        blob.put(structure.toByteArray()).put(strings.toByteArray());
        return blob.array();
    }

    private void node(FdtNode node) {
        cell(FdtFormat.BEGIN_NODE);
        structure.writeBytes(node.name().getBytes(StandardCharsets.UTF_8));
        structure.write(0);
        pad();
        node.properties().forEach(this::property);
        node.children().forEach(this::node);
        cell(FdtFormat.END_NODE);
    }

    private void property(String name, byte[] value) {
        cell(FdtFormat.PROPERTY);
        cell(value.length);
        cell(stringOffset(name));
        structure.writeBytes(value);
        pad();
    }

    private int stringOffset(String name) {
        Integer known = stringOffsets.get(name);
        if (known != null) {
            return known;
        }
        int offset = strings.size();
        strings.writeBytes(name.getBytes(StandardCharsets.UTF_8));
        strings.write(0);
        stringOffsets.put(name, offset);
        return offset;
    }

    private void cell(int value) {
        structure.write(value >>> 24);
        structure.write(value >>> 16);
        structure.write(value >>> 8);
        structure.write(value);
    }

    private void pad() {
        while (structure.size() % Integer.BYTES != 0) {
            structure.write(0);
        }
    }
}
