package org.shyperlab.emulator.devicetree;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One node of a device tree: properties and children, both in the order in which they were added. Values are big-endian bytes, as the
 * binary form stores them; the methods that add properties encode the usual types (Devicetree Specification 2.2.4).
 */
public final class FdtNode {
    private final String name;
    private final Map<String, byte[]> properties = new LinkedHashMap<>();
    private final List<FdtNode> children = new ArrayList<>();

    /**
     * A node without properties and children.
     *
     * @param name node name with its unit address, for example {@code memory@40000000}; empty for the root only
     */
    public FdtNode(String name) {
        if (name.indexOf('/') >= 0 || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a node name holds neither '/' nor NUL: " + name);
        }
        this.name = name;
    }

    /** The name with its unit address. */
    public String name() {
        return name;
    }

    /** The properties in order. The byte arrays belong to this node. */
    public Map<String, byte[]> properties() {
        return Collections.unmodifiableMap(properties);
    }

    /** The children in order. */
    public List<FdtNode> children() {
        return Collections.unmodifiableList(children);
    }

    /** Adds a child and returns it. */
    public FdtNode add(FdtNode child) {
        if (child.name.isEmpty()) {
            throw new IllegalArgumentException("only the root has an empty name");
        }
        if (child(child.name) != null) {
            throw new IllegalArgumentException("node " + name + " has two children named " + child.name);
        }
        children.add(child);
        return child;
    }

    /** Adds a new, empty child and returns it. */
    public FdtNode add(String childName) {
        return add(new FdtNode(childName));
    }

    /** The child with that full name, or null. */
    public @Nullable FdtNode child(String childName) {
        for (FdtNode child : children) {
            if (child.name.equals(childName)) {
                return child;
            }
        }
        return null;
    }

    /** The value of a property, or null. The array belongs to this node. */
    public byte @Nullable [] property(String property) {
        return properties.get(property);
    }

    /** Adds or replaces a property with these raw bytes. */
    public FdtNode bytes(String property, byte[] value) {
        if (property.isEmpty() || property.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a property name is not empty and holds no NUL: node " + name);
        }
        properties.put(property, value.clone());
        return this;
    }

    /** Adds a property without a value, which is true by being there. */
    public FdtNode flag(String property) {
        return bytes(property, new byte[0]);
    }

    /** Adds a property of 32-bit cells. */
    public FdtNode cells(String property, int... cells) {
        ByteBuffer buffer = ByteBuffer.allocate(cells.length * Integer.BYTES);
        for (int cell : cells) {
            buffer.putInt(cell);
        }
        return bytes(property, buffer.array());
    }

    /** Adds a property of 64-bit values, two cells each: {@code reg} and {@code ranges} where #address-cells and #size-cells are 2. */
    public FdtNode wide(String property, long... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Long.BYTES);
        for (long value : values) {
            buffer.putLong(value);
        }
        return bytes(property, buffer.array());
    }

    /** Adds a property of one or more strings, each ended by NUL. */
    public FdtNode strings(String property, String... values) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String value : values) {
            if (value.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("a string of property " + property + " holds NUL");
            }
            bytes.writeBytes(value.getBytes(StandardCharsets.UTF_8));
            bytes.write(0);
        }
        return bytes(property, bytes.toByteArray());
    }
}
