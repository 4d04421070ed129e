package org.shyperlab.platforms.input;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers as people write them: plain or hexadecimal integers, sizes (512M), times (500ms). */
public final class Quantity {
    /** What a size looks like, for messages. */
    public static final String SIZE_FORM = "a size like 512M, 2G or 0x1000 (units K, M, G are powers of 1024)";

    /** What a time looks like, for messages. */
    public static final String TIME_FORM = "a virtual time like 10s, 500ms, 20us or 2m";

    private static final Pattern SIZE = Pattern.compile("(0x[0-9a-fA-F_]+|[0-9][0-9_]*)\\s*([KMG]?)(?:i?B)?");
    private static final Pattern TIME = Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,9})?)\\s*(ns|us|ms|s|m)");

    private Quantity() {}

    /** A non-negative integer, decimal or with 0x, underscores allowed; empty when it is none or does not fit 63 bits. */
    public static OptionalLong integer(String text) {
        String digits = text.replace("_", "").toLowerCase(Locale.ROOT);
        boolean hexadecimal = digits.startsWith("0x");
        try {
            long value = hexadecimal ? Long.parseLong(digits.substring(2), 16) : Long.parseLong(digits);
            return value < 0 || digits.startsWith("+") ? OptionalLong.empty() : OptionalLong.of(value);
        } catch (NumberFormatException error) {
            return OptionalLong.empty();
        }
    }

    /** A size in bytes; empty when the text is none. */
    public static OptionalLong size(String text) {
        Matcher matcher = SIZE.matcher(text.strip());
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        OptionalLong number = integer(matcher.group(1));
        int shift = shift(matcher.group(2));
        if (number.isEmpty() || number.getAsLong() > Long.MAX_VALUE >> shift) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(number.getAsLong() << shift);
    }

    /** A time in nanoseconds; empty when the text is none or longer than 292 years. */
    public static OptionalLong nanos(String text) {
        Matcher matcher = TIME.matcher(text.strip());
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        BigDecimal nanos = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(nanosOf(matcher.group(2))));
        return nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
                ? OptionalLong.empty()
                : OptionalLong.of(nanos.longValue());
    }

    private static int shift(String sizeUnit) {
        return switch (sizeUnit) {
            case "K" -> 10;
            case "M" -> 20;
            case "G" -> 30;
            default -> 0;
        };
    }

    private static long nanosOf(String timeUnit) {
        return switch (timeUnit) {
            case "ns" -> 1L;
            case "us" -> 1_000L;
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            default -> 60_000_000_000L;
        };
    }

    /** A size as people write it: the largest unit that divides it. */
    public static String sizeText(long bytes) {
        if (bytes != 0 && bytes % (1L << 30) == 0) {
            return (bytes >> 30) + " GiB";
        }
        if (bytes != 0 && bytes % (1L << 20) == 0) {
            return (bytes >> 20) + " MiB";
        }
        if (bytes != 0 && bytes % (1L << 10) == 0) {
            return (bytes >> 10) + " KiB";
        }
        return bytes + " B";
    }
}
