package org.shyperlab.guestimages.linux;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/**
 * An archive in the format "newc" that the kernel unpacks as its first file system (Linux, Documentation/driver-api/early-userspace/
 * buffer-format.rst). It is not compressed: unpacking would cost the guest more instructions than the kernel copies, and the bytes
 * would depend on the host's zlib. Entries are written in the order of their paths, own no time and belong to root, so the same
 * entries give the same bytes everywhere.
 */
final class CpioArchive {
    private static final int DIRECTORY = 0040000;
    private static final int CHARACTER_DEVICE = 0020000;
    private static final int REGULAR = 0100000;
    private static final int LINK = 0120000;

    private record Entry(int mode, int major, int minor, byte[] contents) {}

    private final TreeMap<String, Entry> entries = new TreeMap<>();

    /** Adds a directory; one that holds other entries must be added too. */
    CpioArchive directory(String path) {
        return add(path, new Entry(DIRECTORY | 0755, 0, 0, new byte[0]));
    }

    /** Adds a regular file with {@code permissions} such as 0644. */
    CpioArchive file(String path, int permissions, byte[] contents) {
        return add(path, new Entry(REGULAR | permissions, 0, 0, contents));
    }

    /** Adds a symbolic link. */
    CpioArchive link(String path, String target) {
        return add(path, new Entry(LINK | 0777, 0, 0, target.getBytes(StandardCharsets.UTF_8)));
    }

    /** Adds a character device. */
    CpioArchive device(String path, int major, int minor) {
        return add(path, new Entry(CHARACTER_DEVICE | 0600, major, minor, new byte[0]));
    }

    private CpioArchive add(String path, Entry entry) {
        if (path.startsWith("/") || path.isEmpty()) {
            throw new IllegalArgumentException("a path in an archive is relative: '" + path + "'");
        }
        if (entries.put(path, entry) != null) {
            throw new IllegalArgumentException("twice in one archive: " + path);
        }
        return this;
    }

    /** The archive. Its length is a multiple of 4, so another may follow it: the kernel unpacks both, the later over the earlier. */
    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int inode = 1;
        for (var named : entries.entrySet()) {
            write(out, inode++, named.getKey(), named.getValue());
        }
        write(out, 0, "TRAILER!!!", new Entry(0, 0, 0, new byte[0]));
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, int inode, String path, Entry entry) {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        int links = (entry.mode & DIRECTORY) != 0 && (entry.mode & REGULAR) == 0 ? 2 : 1;
        // magic, inode, mode, uid, gid, links, mtime, size, device major and minor, the node's major and minor, name
        // size, checksum
        String header = "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X"
                .formatted(
                        inode,
                        entry.mode,
                        0,
                        0,
                        links,
                        0,
                        entry.contents.length,
                        0,
                        0,
                        entry.major,
                        entry.minor,
                        name.length + 1,
                        0);
        out.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(name);
        out.write(0);
        pad(out);
        out.writeBytes(entry.contents);
        pad(out);
    }

    private static void pad(ByteArrayOutputStream out) {
        while (out.size() % 4 != 0) {
            out.write(0);
        }
    }
}
