package org.shyperlab.emulator.devicetree;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the binary form of a device tree (versions 16 and 17). Trusts nothing in the blob: every offset is checked, and whatever is
 * wrong becomes one {@link FdtFormatException}.
 */
public final class FdtReader {
    /** Deeper trees are refused: no real one comes near, and it bounds the recursion. */
    static final int MAX_DEPTH = 64;

    private final ByteBuffer blob;
    private final int structureStart;
    private final int structureEnd;
    private final int stringsStart;
    private final int stringsEnd;
    private int position;

    private FdtReader(byte[] bytes) throws FdtFormatException {
        blob = ByteBuffer.wrap(bytes);
        require(bytes.length >= FdtFormat.HEADER_BYTES, 0, "shorter than the 40-byte header");
        require(blob.getInt(0) == FdtFormat.MAGIC, 0, "does not start with the magic number 0xd00dfeed");
        int total = blob.getInt(4);
        require(total >= FdtFormat.HEADER_BYTES && total <= bytes.length, 4, "totalsize does not fit the blob");
        require(
                blob.getInt(24) <= FdtFormat.VERSION && blob.getInt(20) >= FdtFormat.LAST_COMPATIBLE_VERSION,
                20,
                "neither version 16 nor 17");
        structureStart = blob.getInt(8);
        stringsStart = blob.getInt(12);
        require(
                structureStart >= FdtFormat.HEADER_BYTES && structureStart < total,
                8,
                "structure block outside the blob");
        require(structureStart % Integer.BYTES == 0, 8, "structure block not aligned to 4 bytes");
        require(stringsStart >= FdtFormat.HEADER_BYTES && stringsStart <= total, 12, "strings block outside the blob");
        int stringsSize = blob.getInt(32);
        require(stringsSize >= 0 && stringsSize <= total - stringsStart, 32, "strings block outside the blob");
        stringsEnd = stringsStart + stringsSize;
        // Version 16 headers have no size of the structure block: it ends at the END token.
        int structureSize = blob.getInt(20) >= FdtFormat.VERSION ? blob.getInt(36) : total - structureStart;
        require(structureSize >= 0 && structureSize <= total - structureStart, 36, "structure block outside the blob");
        structureEnd = structureStart + structureSize;
        position = structureStart;
    }

    /** Whether these bytes start like a device tree blob. */
    public static boolean looksLikeBlob(byte[] bytes) {
        return bytes.length >= Integer.BYTES && ByteBuffer.wrap(bytes).getInt() == FdtFormat.MAGIC;
    }

    /**
     * Reads a blob.
     *
     * @throws FdtFormatException when anything in it breaks the format
     */
    public static DeviceTree read(byte[] blob) throws FdtFormatException {
        return new FdtReader(blob).decode();
    }

    private DeviceTree decode() throws FdtFormatException {
        require(nextToken() == FdtFormat.BEGIN_NODE, position - Integer.BYTES, "the tree does not start with a node");
        int rootOffset = position;
        FdtNode root = node(0);
        require(root.name().isEmpty(), rootOffset, "the root has a name");
        require(nextToken() == FdtFormat.END, position - Integer.BYTES, "something follows the root node");
        DeviceTree tree = new DeviceTree(root, blob.getInt(28));
        readReservations(tree);
        return tree;
    }

    private void readReservations(DeviceTree tree) throws FdtFormatException {
        int offset = blob.getInt(16);
        int total = blob.getInt(4);
        require(offset >= FdtFormat.HEADER_BYTES && offset % Long.BYTES == 0, 16, "memory reservations misplaced");
        while (true) {
            require(offset <= total - FdtFormat.RESERVATION_BYTES, offset, "memory reservations do not end");
            long address = blob.getLong(offset);
            long size = blob.getLong(offset + Long.BYTES);
            if (address == 0 && size == 0) {
                return;
            }
            tree.reserve(address, size);
            offset += FdtFormat.RESERVATION_BYTES;
        }
    }

    /** Reads a node whose BEGIN_NODE token has been consumed. */
    private FdtNode node(int depth) throws FdtFormatException {
        require(depth <= MAX_DEPTH, position, "nodes nest deeper than " + MAX_DEPTH);
        int nameOffset = position;
        String name = string(position, structureEnd);
        require(name.indexOf('/') < 0, nameOffset, "node name holds '/'");
        position = FdtFormat.align(position + name.getBytes(StandardCharsets.UTF_8).length + 1);
        FdtNode node = new FdtNode(name);
        while (true) {
            int offset = position;
            switch (nextToken()) {
                case FdtFormat.PROPERTY -> property(node);
                case FdtFormat.BEGIN_NODE -> child(node, depth);
                case FdtFormat.END_NODE -> {
                    return node;
                }
                default -> throw new FdtFormatException(offset, "unknown or misplaced token");
            }
        }
    }

    private void child(FdtNode parent, int depth) throws FdtFormatException {
        int offset = position;
        FdtNode child = node(depth + 1);
        require(!child.name().isEmpty(), offset, "a node other than the root has no name");
        require(parent.child(child.name()) == null, offset, "two nodes named " + child.name());
        parent.add(child);
    }

    private void property(FdtNode node) throws FdtFormatException {
        int offset = position;
        require(node.children().isEmpty(), offset, "a property after a child node");
        int length = cell();
        int nameOffset = cell();
        require(length >= 0 && length <= structureEnd - position, offset, "property value outside the structure block");
        require(
                nameOffset >= 0 && nameOffset < stringsEnd - stringsStart,
                offset,
                "property name outside the strings block");
        String name = string(stringsStart + nameOffset, stringsEnd);
        require(!name.isEmpty(), offset, "property without a name");
        require(node.property(name) == null, offset, "two properties named " + name);
        node.bytes(name, Arrays.copyOfRange(blob.array(), position, position + length));
        position = FdtFormat.align(position + length);
    }

    private int nextToken() throws FdtFormatException {
        int token;
        do {
            token = cell();
        } while (token == FdtFormat.NOP);
        return token;
    }

    private int cell() throws FdtFormatException {
        require(
                position <= structureEnd - Integer.BYTES,
                position,
                "the structure block ends in the middle of the tree");
        int value = blob.getInt(position);
        position += Integer.BYTES;
        return value;
    }

    private String string(int start, int limit) throws FdtFormatException {
        int end = start;
        while (end < limit && blob.get(end) != 0) {
            require(blob.get(end) > 0, end, "a name holds a byte that is not ASCII");
            end++;
        }
        require(end < limit, start, "a name does not end");
        return new String(blob.array(), start, end - start, StandardCharsets.US_ASCII);
    }

    private static void require(boolean holds, int offset, String rule) throws FdtFormatException {
        if (!holds) {
            throw new FdtFormatException(offset, rule);
        }
    }
}
