package org.shyperlab.emulator.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * One block of guest RAM: host memory that every core maps directly and Java reads and writes in place. Little-endian.
 *
 * <p>Writes through this class do not tell the cores that code may have changed; use {@link AddressSpace} for that.
 */
public final class PhysicalMemory {
    private final String name;
    private final long base;
    private final MemorySegment bytes;
    private final Zeroing zeroing;

    /** How a part of the backing memory is zeroed; a host may have a faster way than writing. */
    @FunctionalInterface
    public interface Zeroing {
        /** Zeroes {@code part}. */
        void zero(MemorySegment part);
    }

    /**
     * Wraps host memory as RAM.
     *
     * @param name the block's name in messages, for example {@code ram}
     * @param base first physical address, 4 KiB aligned
     * @param bytes the backing memory, a multiple of 4 KiB long
     */
    public PhysicalMemory(String name, long base, MemorySegment bytes) {
        this(name, base, bytes, part -> part.fill((byte) 0));
    }

    /** As the other, with a way to zero {@code bytes}. */
    public PhysicalMemory(String name, long base, MemorySegment bytes, Zeroing zeroing) {
        if ((base & 0xfff) != 0 || (bytes.byteSize() & 0xfff) != 0) {
            throw new IllegalArgumentException(name + ": base and size of RAM are multiples of 4 KiB");
        }
        this.name = name;
        this.base = base;
        this.bytes = bytes;
        this.zeroing = zeroing;
    }

    /** The block's name in messages. */
    public String name() {
        return name;
    }

    /** First physical address. */
    public long base() {
        return base;
    }

    /** Size in bytes. */
    public long size() {
        return bytes.byteSize();
    }

    /** Whether all of {@code [address, address + length)} lies in this block. */
    public boolean contains(long address, long length) {
        long offset = address - base;
        return offset >= 0 && length >= 0 && offset <= bytes.byteSize() && length <= bytes.byteSize() - offset;
    }

    /** The backing memory, for the engine, which maps it into the cores. */
    public MemorySegment segment() {
        return bytes;
    }

    /** Reads {@code size} bytes (1, 2, 4 or 8) at a physical address inside the block, zero-extended. */
    public long read(long address, int size) {
        long offset = address - base;
        return switch (size) {
            case 1 -> bytes.get(JAVA_BYTE, offset) & 0xffL;
            case 2 -> bytes.get(JAVA_SHORT_UNALIGNED, offset) & 0xffffL;
            case 4 -> bytes.get(JAVA_INT_UNALIGNED, offset) & 0xffff_ffffL;
            case 8 -> bytes.get(JAVA_LONG_UNALIGNED, offset);
            default -> throw new IllegalArgumentException("access size " + size);
        };
    }

    /** Writes the low {@code size} bytes (1, 2, 4 or 8) of {@code value} at a physical address inside the block. */
    public void write(long address, int size, long value) {
        long offset = address - base;
        switch (size) {
            case 1 -> bytes.set(JAVA_BYTE, offset, (byte) value);
            case 2 -> bytes.set(JAVA_SHORT_UNALIGNED, offset, (short) value);
            case 4 -> bytes.set(JAVA_INT_UNALIGNED, offset, (int) value);
            case 8 -> bytes.set(JAVA_LONG_UNALIGNED, offset, value);
            default -> throw new IllegalArgumentException("access size " + size);
        }
    }

    /** Copies {@code length} bytes from physical address {@code address} into {@code target} at {@code targetOffset}. */
    public void read(long address, byte[] target, int targetOffset, int length) {
        MemorySegment.copy(bytes, JAVA_BYTE, address - base, target, targetOffset, length);
    }

    /** Copies {@code length} bytes of {@code source} from {@code sourceOffset} to physical address {@code address}. */
    public void write(long address, byte[] source, int sourceOffset, int length) {
        MemorySegment.copy(source, sourceOffset, bytes, JAVA_BYTE, address - base, length);
    }

    /** Sets {@code length} bytes from physical address {@code address} to zero. */
    public void clear(long address, long length) {
        zeroing.zero(bytes.asSlice(address - base, length));
    }
}
