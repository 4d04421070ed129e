package org.shyperlab.emulator.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Machine code in the source: the same routines for each kind of host. A line is an instruction in hexadecimal, in the order of its
 * bytes, and what it is in words.
 *
 * @param amd64 for System V x86-64
 * @param aarch64 for AAPCS64
 */
record Listings(String[] amd64, String[] aarch64) {
    private static final int ALIGNMENT = 64;
    private static final int PAGE = 4096;

    /** Puts this host's listings into executable memory and returns where each begins; null when there are none or the host forbids it. */
    long @Nullable [] install() {
        return switch (System.getProperty("os.arch")) {
            case "amd64" -> install(amd64);
            case "aarch64" -> install(aarch64);
            default -> null;
        };
    }

    private static long @Nullable [] install(String[] listings) {
        MemorySegment page = NativeMemory.map(Arena.global(), PAGE);
        long[] entry = new long[listings.length];
        long offset = 0;
        for (int i = 0; i < listings.length; i++) {
            byte[] code = bytes(listings[i]);
            MemorySegment.copy(code, 0, page, ValueLayout.JAVA_BYTE, offset, code.length);
            entry[i] = page.address() + offset;
            offset = (offset + code.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
        return NativeMemory.makeExecutable(page) ? entry : null;
    }

    /** The machine code of a listing: the first word of each line. */
    static byte[] bytes(String listing) {
        StringBuilder hex = new StringBuilder();
        listing.lines().forEach(line -> hex.append(line, 0, line.indexOf(' ')));
        return HexFormat.of().parseHex(hex);
    }
}
