package org.shyperlab.benchmarks.idle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The process's resident memory, from {@code /proc/self/smaps}.
 *
 * @param guestRam bytes in the mapping that holds the board's RAM
 * @param code bytes in mappings that can be written and executed: what the engine and the JVM translate
 * @param other bytes in all other mappings
 */
record Mappings(long guestRam, long code, long other) {
    private static final Pattern HEAD = Pattern.compile("[0-9a-f]+-[0-9a-f]+ (....) .*");
    private static final Pattern FIELD = Pattern.compile("(Size|Rss): +(\\d+) kB");

    /** Reads it. The board's RAM is in the fullest mapping of at least {@code ramSize} bytes. */
    static Mappings ofThisProcess(long ramSize) throws IOException {
        boolean isCode = false;
        long size = 0;
        long all = 0;
        long code = 0;
        long guestRam = 0;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            Matcher head = HEAD.matcher(line);
            if (head.matches()) {
                isCode = head.group(1).startsWith("rwx");
            }
            Matcher field = FIELD.matcher(line);
            if (!field.matches()) {
                continue;
            }
            long bytes = Long.parseLong(field.group(2)) << 10;
            if (field.group(1).equals("Size")) {
                size = bytes;
            } else {
                all += bytes;
                code += isCode ? bytes : 0;
                guestRam = size >= ramSize ? Math.max(guestRam, bytes) : guestRam;
            }
        }
        return new Mappings(guestRam, code, all - code - guestRam);
    }
}
