package org.shyperlab.emulator.devicetree;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A whole device tree: the root node, the memory reservations and the boot core. */
public final class DeviceTree {
    /** A range of physical memory that the client must not use (Devicetree Specification 5.3). */
    public record Reservation(long address, long size) {}

    private final FdtNode root;
    private final List<Reservation> reservations = new ArrayList<>();
    private final int bootCpu;
    private int lastPhandle;

    /** An empty tree whose boot core has the physical id 0. */
    public DeviceTree() {
        this(new FdtNode(""), 0);
    }

    /** A tree around an existing root, which has the empty name. */
    public DeviceTree(FdtNode root, int bootCpu) {
        if (!root.name().isEmpty()) {
            throw new IllegalArgumentException("the root's name is empty, not " + root.name());
        }
        this.root = root;
        this.bootCpu = bootCpu;
        this.lastPhandle = highestPhandle(root);
    }

    /** The root node. */
    public FdtNode root() {
        return root;
    }

    /** Physical id of the core that boots ({@code boot_cpuid_phys}). */
    public int bootCpu() {
        return bootCpu;
    }

    /** The memory reservations in order. */
    public List<Reservation> reservations() {
        return List.copyOf(reservations);
    }

    /** Adds a memory reservation. Both zero is refused: that pair ends the list in the binary form. */
    public void reserve(long address, long size) {
        if (address == 0 && size == 0) {
            throw new IllegalArgumentException("a memory reservation of address 0 and size 0 would end the list");
        }
        reservations.add(new Reservation(address, size));
    }

    /** The node's phandle. A node that has none gets the next free one. */
    public int phandle(FdtNode node) {
        int present = phandleOf(node);
        if (present == 0) {
            present = ++lastPhandle;
            node.cells("phandle", present);
        }
        return present;
    }

    /** The highest phandle in the tree, 0 when there is none. */
    int highestPhandle() {
        return highestPhandle(root);
    }

    /** The node at an absolute path like {@code /cpus/cpu@0}, or null. */
    public @Nullable FdtNode find(String path) {
        FdtNode node = root;
        for (String part : path.split("/")) {
            if (part.isEmpty()) {
                continue;
            }
            node = node.child(part);
            if (node == null) {
                return null;
            }
        }
        return node;
    }

    private static int highestPhandle(FdtNode node) {
        int highest = phandleOf(node);
        for (FdtNode child : node.children()) {
            highest = Math.max(highest, highestPhandle(child));
        }
        return highest;
    }

    private static int phandleOf(FdtNode node) {
        byte[] value = node.property("phandle");
        return value != null && value.length == Integer.BYTES
                ? ByteBuffer.wrap(value).getInt()
                : 0;
    }
}
