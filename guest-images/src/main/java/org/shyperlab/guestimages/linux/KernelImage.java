package org.shyperlab.guestimages.linux;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A kernel or another program for a bare machine, checked: that it is for this architecture, and that the file is whole.
 *
 * @param bytes what to load, already unpacked
 * @param format what {@code place} means
 * @param place where to load it
 * @param memorySize bytes of RAM that the kernel takes from there, those without contents in the file included
 * @param entryOffset where it is entered, in bytes from where it is loaded
 */
public record KernelImage(byte[] bytes, Format format, long place, long memorySize, long entryOffset) {
    /** What is known of where a program wants to be. */
    public enum Format {
        /** Linux's "Image": {@code place} is a distance in bytes from a 2 MiB boundary in RAM. */
        LINUX,
        /** An ELF executable: {@code place} is the physical address. */
        ELF,
        /** A binary without header: {@code place} is a distance in bytes from the start of RAM. */
        FLAT
    }

    private static final long LINUX_UNIT = 2L << 20;
    private static final int HEADER_SIZE = 64;
    private static final int PE_HEADER_SIZE = 24;
    private static final int PE_SECTION_SIZE = 40;

    /**
     * Checks a kernel file.
     *
     * @param name the file's name, for messages
     * @param file its contents: a Linux Image, an ELF executable or a flat binary; each may be packed by gzip
     * @throws KernelImageException when it is damaged, of another architecture, or something else
     */
    public static KernelImage of(String name, GuestArchitecture architecture, byte[] file) {
        byte[] bytes = isGzip(file) ? gunzip(name, file) : file;
        ByteBuffer image = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (ElfProgram.isElf(image)) {
            return ElfProgram.load(name, architecture, image);
        }
        if (bytes.length >= HEADER_SIZE && image.getInt(architecture.magicOffset()) == architecture.magic()) {
            return linux(name, architecture, image);
        }
        return flat(name, architecture, image);
    }

    /** The physical address to load it at, where RAM starts at {@code ram}. */
    public long address(long ram) {
        return switch (format) {
            case LINUX -> ram + LINUX_UNIT + place;
            case ELF -> place;
            case FLAT -> ram + place;
        };
    }

    /** Whether it is Linux, which takes the scenario's initial RAM disk; another program gets one only when the user names it. */
    public boolean usesInitrd() {
        return format == Format.LINUX;
    }

    private static KernelImage linux(String name, GuestArchitecture architecture, ByteBuffer image) {
        long textOffset = image.getLong(8);
        long memorySize = image.getLong(16);
        if (memorySize <= 0 || textOffset < 0 || textOffset > LINUX_UNIT) {
            throw new KernelImageException(
                    "%s has a damaged Image header: image_size is 0x%x and text_offset is 0x%x (the size is above 0, the offset at most 2 MiB)."
                            .formatted(name, memorySize, textOffset));
        }
        long whole = fileSize(image);
        if (image.limit() < whole) {
            throw new KernelImageException(
                    "%s is truncated: it has %d bytes, and by its header it has at least %d. Copy or fetch it again."
                            .formatted(name, image.limit(), whole));
        }
        // An arm64 kernel's offset counts from a 2 MiB boundary (the second, here), a RISC-V kernel's from the start of
        // RAM.
        long place = architecture == GuestArchitecture.RISCV64 ? textOffset - LINUX_UNIT : textOffset;
        return new KernelImage(image.array(), Format.LINUX, place, memorySize, 0);
    }

    private static KernelImage flat(String name, GuestArchitecture architecture, ByteBuffer file) {
        if (file.limit() < Integer.BYTES) {
            throw new KernelImageException("%s is not a kernel: it has %d bytes.".formatted(name, file.limit()));
        }
        String other = otherKernel(file, architecture);
        String instead = other != null ? other : FileSignature.of(file);
        if (instead != null) {
            throw new KernelImageException(
                    "%s is not a kernel for %s: it is %s. A kernel is a Linux Image, an ELF executable or a flat binary, plain or packed by gzip."
                            .formatted(name, architecture.debianName(), instead));
        }
        return new KernelImage(file.array(), Format.FLAT, architecture.flatOffset(), file.limit(), 0);
    }

    private static @Nullable String otherKernel(ByteBuffer file, GuestArchitecture expected) {
        for (GuestArchitecture other : GuestArchitecture.values()) {
            if (other != expected && file.limit() >= HEADER_SIZE && file.getInt(other.magicOffset()) == other.magic()) {
                return "a Linux kernel for " + other.debianName();
            }
        }
        return null;
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
