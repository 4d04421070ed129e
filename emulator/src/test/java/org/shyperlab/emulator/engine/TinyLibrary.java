package org.shyperlab.emulator.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a shared library with one function that returns a number: a stand-in for a library of another version. */
final class TinyLibrary {
    private static final int PAGE = 0x1000;
    private static final int STRINGS = 0x200;
    private static final int SYMBOLS = 0x280;
    private static final int HASH = 0x300;
    private static final int CODE = 0x380;
    private static final int SIZE = PAGE + 0x100;

    private TinyLibrary() {}

    /** Writes to {@code file} a library for this machine that exports {@code function}, which returns {@code result}. */
    static Path write(Path file, String function, int result) throws IOException {
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        ByteBuffer elf = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        elf.putInt(0x464c457f).put((byte) 2).put((byte) 1).put((byte) 1).position(16);
        elf.putShort((short) 3)
                .putShort((short) (arm ? 183 : 62))
                .putInt(1)
                .putLong(0)
                .putLong(64)
                .putLong(0);
        elf.putInt(0)
                .putShort((short) 64)
                .putShort((short) 56)
                .putShort((short) 4)
                .putShort((short) 64)
                .putInt(0);
        segment(elf, 1, 5, 0, PAGE);
        segment(elf, 1, 6, PAGE, SIZE - PAGE);
        segment(elf, 2, 6, PAGE, 6 * 16);
        // PT_GNU_STACK: without it the loader makes stacks executable.
        segment(elf, 0x6474e551, 6, 0, 0);

        elf.position(STRINGS + 1).put(function.getBytes(StandardCharsets.US_ASCII));
        elf.position(SYMBOLS + 24);
        elf.putInt(1)
                .put((byte) 0x12)
                .put((byte) 0)
                .putShort((short) 1)
                .putLong(CODE)
                .putLong(16);
        // One bucket: every name leads to symbol 1.
        elf.position(HASH).putInt(1).putInt(2).putInt(1).putInt(0).putInt(0);
        elf.position(CODE);
        if (arm) {
            elf.putInt(0x52800000 | (result & 0xffff) << 5)
                    .putInt(0x72a00000 | (result >>> 16) << 5)
                    .putInt(0xd65f03c0);
        } else {
            elf.put((byte) 0xb8).putInt(result).put((byte) 0xc3);
        }
        elf.position(PAGE);
        elf.putLong(4).putLong(HASH).putLong(5).putLong(STRINGS).putLong(6).putLong(SYMBOLS);
        elf.putLong(10)
                .putLong(SYMBOLS - STRINGS)
                .putLong(11)
                .putLong(24)
                .putLong(0)
                .putLong(0);
        return Files.write(file, elf.array());
    }

    private static void segment(ByteBuffer elf, int type, int flags, long offset, long size) {
        elf.putInt(type)
                .putInt(flags)
                .putLong(offset)
                .putLong(offset)
                .putLong(offset)
                .putLong(size)
                .putLong(size)
                .putLong(PAGE);
    }
}
