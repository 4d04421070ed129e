package org.shyperlab.guestimages.linux;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** An executable ELF file (System V gABI, chapters 4 and 5), checked: which bytes it puts at which physical addresses. */
final class ElfProgram {
    private static final int HEADER_SIZE = 64;
    private static final int PROGRAM_HEADER_SIZE = 56;
    private static final int CLASS_64 = 2;
    private static final int LITTLE_ENDIAN = 1;
    private static final int TYPE_EXECUTABLE = 2;
    private static final int TYPE_SHARED = 3;
    private static final int LOAD = 1;
    private static final long HIGHEST_ADDRESS = 1L << 48;
    private static final long LARGEST = 1L << 30;

    private final String name;
    private final GuestArchitecture architecture;
    private final ByteBuffer file;

    private record Segment(long offset, long virtual, long physical, long fileSize, long memorySize) {
        long end() {
            return physical + memorySize;
        }
    }

    private ElfProgram(String name, GuestArchitecture architecture, ByteBuffer file) {
        this.name = name;
        this.architecture = architecture;
        this.file = file;
    }

    /** Whether this is an ELF file, whatever it holds. */
    static boolean isElf(ByteBuffer file) {
        return file.limit() >= 4 && file.getInt(0) == 0x464c457f;
    }

    /**
     * The program as one piece of memory.
     *
     * @throws KernelImageException when it is not a whole program of that architecture
     */
    static KernelImage load(String name, GuestArchitecture architecture, ByteBuffer file) {
        return new ElfProgram(name, architecture, file).load();
    }

    private KernelImage load() {
        checkHeader();
        List<Segment> segments = segments();
        long start = segments.stream()
                .mapToLong(Segment::physical)
                .min()
                .orElseThrow(() -> wrong("it has no segment to load"));
        long end = segments.stream().mapToLong(Segment::end).max().orElse(start);
        if (end - start > LARGEST) {
            throw wrong("its segments lie 0x%x bytes apart, and 1 GiB is the most".formatted(end - start));
        }
        long filled = segments.stream()
                .mapToLong(segment -> segment.physical() + segment.fileSize())
                .max()
                .orElse(start);
        byte[] bytes = new byte[(int) (filled - start)];
        for (Segment segment : segments) {
            file.get((int) segment.offset(), bytes, (int) (segment.physical() - start), (int) segment.fileSize());
        }
        return new KernelImage(bytes, KernelImage.Format.ELF, start, end - start, entry(segments) - start);
    }

    private void checkHeader() {
        if (file.limit() < HEADER_SIZE) {
            throw truncated(HEADER_SIZE);
        }
        if (file.get(4) != CLASS_64 || file.get(5) != LITTLE_ENDIAN) {
            throw wrong("it is not a 64-bit little-endian one");
        }
        int machine = Short.toUnsignedInt(file.getShort(18));
        if (machine != architecture.elfMachine()) {
            throw wrong("it is for machine %d, and %s is %d"
                    .formatted(machine, architecture.debianName(), architecture.elfMachine()));
        }
        int type = Short.toUnsignedInt(file.getShort(16));
        if (type != TYPE_EXECUTABLE && type != TYPE_SHARED) {
            throw wrong("it is not linked (its type is %d, an executable has %d)".formatted(type, TYPE_EXECUTABLE));
        }
    }

    private List<Segment> segments() {
        long table = file.getLong(32);
        int size = Short.toUnsignedInt(file.getShort(54));
        int count = Short.toUnsignedInt(file.getShort(56));
        if (count > 0 && size < PROGRAM_HEADER_SIZE) {
            throw wrong("its program headers have %d bytes instead of %d".formatted(size, PROGRAM_HEADER_SIZE));
        }
        requireInFile(table, (long) size * count);
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int at = (int) table + i * size;
            Segment segment = new Segment(
                    file.getLong(at + 8),
                    file.getLong(at + 16),
                    file.getLong(at + 24),
                    file.getLong(at + 32),
                    file.getLong(at + 40));
            if (file.getInt(at) == LOAD && segment.memorySize() != 0) {
                check(segment);
                segments.add(segment);
            }
        }
        return segments;
    }

    private void check(Segment segment) {
        requireInFile(segment.offset(), segment.fileSize());
        if (segment.memorySize() < segment.fileSize()) {
            throw wrong("the segment at 0x%x has 0x%x bytes in the file and 0x%x in memory"
                    .formatted(segment.physical(), segment.fileSize(), segment.memorySize()));
        }
        if (Long.compareUnsigned(segment.physical(), HIGHEST_ADDRESS) >= 0 || segment.memorySize() >= HIGHEST_ADDRESS) {
            throw wrong(
                    "it wants to be at 0x%x, which is no physical address; of a Linux kernel's build take arch/%s/boot/Image"
                            .formatted(segment.physical(), architecture.debianName()));
        }
    }

    private void requireInFile(long offset, long length) {
        long size = file.limit();
        if (offset < 0 || length < 0 || offset > size || length > size - offset) {
            throw truncated(offset + length);
        }
    }

    /** The entry point is a virtual address; where its segment is loaded at another one, that counts. */
    private long entry(List<Segment> segments) {
        long entry = file.getLong(24);
        for (Segment segment : segments) {
            long offset = entry - segment.virtual();
            if (offset >= 0 && offset < segment.memorySize()) {
                return segment.physical() + offset;
            }
        }
        throw wrong("its entry point 0x%x is in no segment".formatted(entry));
    }

    private KernelImageException wrong(String why) {
        return new KernelImageException("%s is an ELF file that cannot be booted: %s.".formatted(name, why));
    }

    private KernelImageException truncated(long needed) {
        return new KernelImageException(
                "%s is truncated: it has %d bytes, and by its ELF headers it has at least %s. Copy or build it again."
                        .formatted(name, file.limit(), Long.toUnsignedString(needed)));
    }
}
