package org.shyperlab.guestimages.linux;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.shyperlab.guestimages.debian.DebianPackageException;

/** What a kernel module tells of itself: the section .modinfo of its ELF file, a list of "key=value" with a zero byte after each. */
final class ModuleInformation {
    private static final String SECTION = ".modinfo";
    private static final String NEEDED = "depends=";

    // The 64-bit ELF header and a section's header (System V ABI).
    private static final int SECTIONS_OFFSET = 0x28;
    private static final int SECTION_SIZE = 0x3a;
    private static final int SECTION_COUNT = 0x3c;
    private static final int NAMES_INDEX = 0x3e;
    private static final int OFFSET_IN_FILE = 0x18;
    private static final int SIZE_IN_FILE = 0x20;

    private ModuleInformation() {}

    /** The names of the modules that a module needs directly; {@code path} is for messages. */
    static List<String> needed(String path, byte[] module) {
        try {
            String information = section(ByteBuffer.wrap(module).order(ByteOrder.LITTLE_ENDIAN));
            return Arrays.stream(information.split("\0", -1))
                    .filter(entry -> entry.startsWith(NEEDED))
                    .flatMap(entry ->
                            Arrays.stream(entry.substring(NEEDED.length()).split(",", -1)))
                    .filter(name -> !name.isEmpty())
                    .toList();
        } catch (IndexOutOfBoundsException
                | BufferUnderflowException
                | IllegalArgumentException
                | ArithmeticException
                | NegativeArraySizeException damaged) {
            throw new DebianPackageException(path + " is not a kernel module: its ELF headers are damaged.", damaged);
        }
    }

    private static String section(ByteBuffer elf) {
        long table = elf.getLong(SECTIONS_OFFSET);
        int size = elf.getShort(SECTION_SIZE) & 0xffff;
        int count = elf.getShort(SECTION_COUNT) & 0xffff;
        int names = Math.toIntExact(table) + (elf.getShort(NAMES_INDEX) & 0xffff) * size;
        long nameStart = elf.getLong(names + OFFSET_IN_FILE);
        for (int i = 0; i < count; i++) {
            int header = Math.toIntExact(table) + i * size;
            int name = Math.toIntExact(nameStart + elf.getInt(header));
            if (text(elf, name, SECTION.length() + 1).equals(SECTION + "\0")) {
                return text(
                        elf,
                        Math.toIntExact(elf.getLong(header + OFFSET_IN_FILE)),
                        Math.toIntExact(elf.getLong(header + SIZE_IN_FILE)));
            }
        }
        return "";
    }

    private static String text(ByteBuffer elf, int offset, int length) {
        byte[] bytes = new byte[Math.min(length, elf.capacity() - offset)];
        elf.get(offset, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
