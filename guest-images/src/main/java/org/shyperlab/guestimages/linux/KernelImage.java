package org.shyperlab.guestimages.linux;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.GZIPInputStream;

/**
 * A kernel in the format "Image", checked: the header, and that the file is whole.
 *
 * @param bytes what to load, already unpacked
 * @param textOffset where to load it, as a distance in bytes from a 2 MiB boundary in RAM
 * @param memorySize bytes of RAM that the kernel takes from there, those without contents in the file included
 */
public record KernelImage(byte[] bytes, long textOffset, long memorySize) {
    private static final int HEADER_SIZE = 64;
    private static final int PE_HEADER_SIZE = 24;
    private static final int PE_SECTION_SIZE = 40;

    /**
     * Checks a kernel file.
     *
     * @param name the file's name, for messages
     * @param file its contents: an Image, or one packed by gzip
     * @throws KernelImageException when it is not a whole kernel of that architecture
     */
    public static KernelImage of(String name, GuestArchitecture architecture, byte[] file) {
        byte[] bytes = isGzip(file) ? gunzip(name, file) : file;
        if (bytes.length < HEADER_SIZE) {
            throw new KernelImageException(
                    "%s is not a Linux kernel: it has %d bytes, and the Image header alone has %d."
                            .formatted(name, bytes.length, HEADER_SIZE));
        }
        ByteBuffer image = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int magic = image.getInt(architecture.magicOffset());
        if (magic != architecture.magic()) {
            throw new KernelImageException(
                    "%s is not a %s Linux kernel in the format Image: at offset 0x%x of its header stands 0x%08x instead of 0x%08x%s."
                            .formatted(
                                    name,
                                    architecture.debianName(),
                                    architecture.magicOffset(),
                                    magic,
                                    architecture.magic(),
                                    hint(image, architecture)));
        }
        long textOffset = image.getLong(8);
        long memorySize = image.getLong(16);
        if (memorySize <= 0 || textOffset < 0 || textOffset > 2 << 20) {
            throw new KernelImageException(
                    "%s has a damaged Image header: image_size is 0x%x and text_offset is 0x%x (the size is above 0, the offset at most 2 MiB)."
                            .formatted(name, memorySize, textOffset));
        }
        long whole = fileSize(image);
        if (bytes.length < whole) {
            throw new KernelImageException(
                    "%s is truncated: it has %d bytes, and by its header it has at least %d. Copy or fetch it again."
                            .formatted(name, bytes.length, whole));
        }
        return new KernelImage(bytes, textOffset, memorySize);
    }

    /**
     * The size of the whole file, which the Image header does not tell, but the PE/COFF header that a kernel with an EFI stub (every
     * Debian kernel) carries does: the end of the last section. Without a PE header, the size of the Image header.
     */
    private static long fileSize(ByteBuffer image) {
        int peOffset = image.getInt(0x3c);
        if (image.getShort(0) != 0x5a4d || peOffset < HEADER_SIZE) {
            return HEADER_SIZE;
        }
        long headerEnd = (long) peOffset + PE_HEADER_SIZE;
        if (image.limit() < headerEnd) {
            return headerEnd;
        }
        int sections = Short.toUnsignedInt(image.getShort(peOffset + 6));
        long sectionTable = headerEnd + Short.toUnsignedInt(image.getShort(peOffset + 20));
        long end = sectionTable + (long) sections * PE_SECTION_SIZE;
        if (image.limit() < end) {
            return end;
        }
        for (int i = 0; i < sections; i++) {
            int section = (int) sectionTable + i * PE_SECTION_SIZE;
            end = Math.max(
                    end,
                    Integer.toUnsignedLong(image.getInt(section + 16))
                            + Integer.toUnsignedLong(image.getInt(section + 20)));
        }
        return end;
    }

    private static String hint(ByteBuffer image, GuestArchitecture expected) {
        for (GuestArchitecture other : GuestArchitecture.values()) {
            if (other != expected && image.getInt(other.magicOffset()) == other.magic()) {
                return " (it is a kernel for " + other.debianName() + ")";
            }
        }
        if (image.getInt(0) == 0x464c457f) {
            return " (it is an ELF file; take arch/" + expected.debianName() + "/boot/Image of the kernel's build)";
        }
        if (image.getInt(4) == 0x676d697a) {
            return " (it is an EFI zboot kernel; unpack it to an Image first)";
        }
        return "";
    }

    private static boolean isGzip(byte[] file) {
        return file.length > 2 && file[0] == 0x1f && file[1] == (byte) 0x8b;
    }

    private static byte[] gunzip(String name, byte[] file) {
        try (GZIPInputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(file))) {
            return unpacked.readAllBytes();
        } catch (EOFException e) {
            throw new KernelImageException(
                    name + " is truncated: its gzip data ends in the middle. Copy or fetch it again.");
        } catch (IOException e) {
            throw new KernelImageException("%s is damaged: gzip cannot unpack it (%s). Copy or fetch it again."
                    .formatted(name, e.getMessage()));
        }
    }
}
