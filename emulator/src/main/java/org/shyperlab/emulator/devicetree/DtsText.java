package org.shyperlab.emulator.devicetree;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Renders a device tree as source text ({@code .dts}). The binary form does not say what type a value has, so values that read as text
 * are shown as strings, multiples of four bytes as cells, anything else as bytes; {@code dtc} turns the text into the same tree.
 */
public final class DtsText {
    private final StringBuilder text = new StringBuilder();

    private DtsText() {}

    /** The tree's source text. */
    public static String render(DeviceTree tree) {
        DtsText dts = new DtsText();
        dts.text.append("/dts-v1/;\n");
        for (DeviceTree.Reservation reservation : tree.reservations()) {
            dts.text.append("/memreserve/ 0x%x 0x%x;\n".formatted(reservation.address(), reservation.size()));
        }
        dts.text.append('\n');
        dts.node(tree.root(), 0);
        return dts.text.toString();
    }

    private void node(FdtNode node, int depth) {
        indent(depth).append(depth == 0 ? "/" : node.name()).append(" {\n");
        node.properties().forEach((name, value) -> property(name, value, depth + 1));
        boolean first = node.properties().isEmpty();
        for (FdtNode child : node.children()) {
            text.append(first ? "" : "\n");
            node(child, depth + 1);
            first = false;
        }
        indent(depth).append("};\n");
    }

    private void property(String name, byte[] value, int depth) {
        indent(depth).append(name);
        if (value.length > 0) {
            text.append(" = ");
            if (isText(value)) {
                strings(value);
            } else if (value.length % Integer.BYTES == 0) {
                cells(value);
            } else {
                bytes(value);
            }
        }
        text.append(";\n");
    }

    private static boolean isText(byte[] value) {
        if (value[value.length - 1] != 0) {
            return false;
        }
        boolean lastWasEnd = true;
        for (byte b : value) {
            if (b == 0 ? lastWasEnd : b < 0x20 || b > 0x7e) {
                return false;
            }
            lastWasEnd = b == 0;
        }
        return true;
    }

    private void strings(byte[] value) {
        String[] parts = new String(value, 0, value.length - 1, StandardCharsets.US_ASCII).split("\0", -1);
        for (int i = 0; i < parts.length; i++) {
            text.append(i == 0 ? "\"" : ", \"")
                    .append(parts[i].replace("\\", "\\\\").replace("\"", "\\\""))
                    .append('"');
        }
    }

    private void cells(byte[] value) {
        ByteBuffer buffer = ByteBuffer.wrap(value);
        text.append('<');
        for (int i = 0; i < value.length; i += Integer.BYTES) {
            text.append(i == 0 ? "0x" : " 0x").append(Integer.toHexString(buffer.getInt(i)));
        }
        text.append('>');
    }

    private void bytes(byte[] value) {
        text.append('[');
        for (int i = 0; i < value.length; i++) {
            text.append(i == 0 ? "" : " ").append("%02x".formatted(value[i]));
        }
        text.append(']');
    }

    private StringBuilder indent(int depth) {
        return text.repeat("    ", depth);
    }
}
