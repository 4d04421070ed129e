package org.shyperlab.emulator.devicetree;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Overlays as dtc makes them of sources with {@code /plugin/} (Linux, Documentation/devicetree/overlay-notes.rst): each fragment's
 * {@code __overlay__} is laid over the node that its {@code target-path} names. What an overlay says about labels of the tree below it
 * cannot be followed, for generated trees have none.
 */
public final class FdtOverlay {
    private static final String FRAGMENT = "fragment@";
    private static final String CONTENT = "__overlay__";

    private final DeviceTree base;
    private final int offset;

    private FdtOverlay(DeviceTree base) {
        this.base = base;
        offset = base.highestPhandle();
    }

    /** Whether this is a well-formed blob with a fragment in it. */
    public static boolean isOverlay(byte[] blob) {
        try {
            return FdtReader.looksLikeBlob(blob)
                    && FdtReader.read(blob).root().children().stream().anyMatch(FdtOverlay::isFragment);
        } catch (FdtFormatException error) {
            return false;
        }
    }

    private static boolean isFragment(FdtNode node) {
        return node.name().startsWith(FRAGMENT) && node.child(CONTENT) != null;
    }

    /**
     * The blob of {@code base} with {@code overlay} laid over it.
     *
     * @throws IllegalArgumentException naming the fragment that cannot be applied and why
     */
    public static byte[] apply(byte[] base, byte[] overlay) {
        try {
            DeviceTree tree = FdtReader.read(base);
            new FdtOverlay(tree).apply(FdtReader.read(overlay).root());
            return FdtWriter.write(tree);
        } catch (FdtFormatException error) {
            throw new IllegalArgumentException(error.getMessage(), error);
        }
    }

    private void apply(FdtNode overlay) {
        FdtNode labels = overlay.child("__fixups__");
        if (labels != null && !labels.properties().isEmpty()) {
            throw new IllegalArgumentException(
                    "device tree overlay: it refers to labels (%s), and the tree below it has none; name nodes by path, &{/...}"
                            .formatted(String.join(", ", labels.properties().keySet())));
        }
        FdtNode local = overlay.child("__local_fixups__");
        for (FdtNode fragment : overlay.children()) {
            FdtNode content = isFragment(fragment) ? fragment.child(CONTENT) : null;
            if (content != null) {
                FdtNode references = local == null ? null : local.child(fragment.name());
                FdtNode inside = references == null ? null : references.child(CONTENT);
                lay(content, target(fragment), inside == null ? new FdtNode(CONTENT) : inside);
            }
        }
    }

    private FdtNode target(FdtNode fragment) {
        byte[] path = fragment.property("target-path");
        if (path == null || path.length == 0) {
            throw new IllegalArgumentException("device tree overlay: %s has no target-path".formatted(fragment.name()));
        }
        String text = new String(path, 0, path.length - 1, StandardCharsets.UTF_8);
        FdtNode found = base.find(text);
        if (found == null) {
            throw new IllegalArgumentException(
                    "device tree overlay: %s is for %s, and the tree below it has no such node"
                            .formatted(fragment.name(), text));
        }
        return found;
    }

    /** Properties replace those of {@code below}; phandles of the overlay's own are moved behind those of the tree below. */
    private void lay(FdtNode above, FdtNode below, FdtNode references) {
        for (Map.Entry<String, byte[]> property : above.properties().entrySet()) {
            byte[] value = property.getValue().clone();
            String name = property.getKey();
            if (name.equals("phandle") || name.equals("linux,phandle")) {
                move(value, 0, name);
            }
            byte[] places = references.property(name);
            for (int i = 0; places != null && i + Integer.BYTES <= places.length; i += Integer.BYTES) {
                move(value, ByteBuffer.wrap(places).getInt(i), name);
            }
            below.bytes(name, value);
        }
        for (FdtNode child : above.children()) {
            FdtNode known = below.child(child.name());
            FdtNode inside = references.child(child.name());
            lay(child, known == null ? below.add(child.name()) : known, inside == null ? new FdtNode("none") : inside);
        }
    }

    private void move(byte[] value, int at, String property) {
        if (at < 0 || at > value.length - Integer.BYTES) {
            throw new IllegalArgumentException("device tree overlay: __local_fixups__ names byte %d of %s, which has %d"
                    .formatted(at, property, value.length));
        }
        ByteBuffer buffer = ByteBuffer.wrap(value);
        buffer.putInt(at, buffer.getInt(at) + offset);
    }
}
