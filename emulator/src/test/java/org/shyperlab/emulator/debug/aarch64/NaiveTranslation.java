package org.shyperlab.emulator.debug.aarch64;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;

/**
 * A second opinion on page walks: addresses and descriptors are strings of binary digits, levels are found by counting, rules are
 * looked up in tables copied from the manual's layout. Slow, and written without looking at the walker.
 *
 * <p>Results are {@code ok PA} or {@code stage N LEVEL-STATUS s1ptw IPA}.
 */
final class NaiveTranslation {
    /** Where a lookup of a granule may start: the smallest input size that needs each level, by granule bits. */
    private static final Map<Integer, int[]> SIZE_NEEDING_LEVEL =
            Map.of(12, new int[] {40, 31, 22, 13}, 14, new int[] {48, 37, 26, 15}, 16, new int[] {99, 43, 30, 17});

    private static final String[] PHYSICAL_SIZES = {"32", "36", "40", "42", "44", "48", "48", "48"};

    private final A64TranslationRegisters registers;
    private final LongUnaryOperator ram;
    private final Map<String, Boolean> rights = new TreeMap<>();

    /** A model that reads descriptors with {@code ram}, where everything is RAM below {@code 1 << 22} and nothing above. */
    NaiveTranslation(A64TranslationRegisters registers, LongUnaryOperator ram) {
        this.registers = registers;
        this.ram = ram;
    }

    private static String bits(long value, int high, int low) {
        StringBuilder digits = new StringBuilder();
        for (int i = high; i >= low; i--) {
            digits.append((value >>> i & 1) == 1 ? '1' : '0');
        }
        return digits.toString();
    }

    private static long number(String digits) {
        long value = 0;
        for (char digit : digits.toCharArray()) {
            value = value * 2 + (digit == '1' ? 1 : 0);
        }
        return value;
    }

    String translate(long va, char access, boolean el0) {
        String ipa = stage1(va, access, el0);
        return ipa.startsWith("ok") ? stage2(Long.parseUnsignedLong(ipa.substring(3), 16), access, false) : ipa;
    }

    private static String fault(int stage, int base, int level, boolean walk, long ipa) {
        return "stage %d %02x %s %x".formatted(stage, base + level, walk, ipa);
    }

    private String stage1(long va, char access, boolean el0) {
        String tcr = bits(registers.tcr(), 63, 0);
        boolean high = bits(va, 55, 55).equals("1");
        String address = bits(va, 63, 0);
        if (tcr.charAt(63 - (high ? 38 : 37)) == '1') {
            address = (high ? "11111111" : "00000000") + address.substring(8);
        }
        boolean defaultCacheable = bits(registers.hcr(), 12, 12).equals("1");
        if (bits(registers.sctlr(), 0, 0).equals("0") || defaultCacheable) {
            return address.substring(0, 16).contains("1")
                    ? fault(1, 0, 0, false, 0)
                    : "ok " + Long.toHexString(number(address));
        }
        int tsz = (int) number(high ? bits(registers.tcr(), 21, 16) : bits(registers.tcr(), 5, 0));
        int size = 64 - (tsz < 16 ? 16 : tsz > 39 ? 39 : tsz);
        if (address.substring(0, 64 - size).contains(high ? "0" : "1")) {
            return fault(1, 4, 0, false, 0);
        }
        if (tcr.charAt(63 - (high ? 23 : 7)) == '1') {
            return fault(1, 4, 0, false, 0);
        }
        String granuleField = high ? bits(registers.tcr(), 31, 30) : bits(registers.tcr(), 15, 14);
        int page = granuleField.equals(high ? "11" : "01") ? 16 : granuleField.equals(high ? "01" : "10") ? 14 : 12;
        int level = 0;
        while (size < SIZE_NEEDING_LEVEL.get(page)[level]) {
            level++;
        }
        int limit = Integer.parseInt(PHYSICAL_SIZES[(int) number(bits(registers.tcr(), 34, 32))]);
        int lowest = page + (3 - level) * (page - 3);
        int tableBits = size - lowest + 3;
        String base = bits(high ? registers.ttbr1() : registers.ttbr0(), 47, tableBits) + "0".repeat(tableBits);
        if (base.substring(0, 48 - limit).contains("1")) {
            return fault(1, 0, 0, false, 0);
        }
        rights.clear();
        for (String right : new String[] {"el0", "write", "x0", "x1"}) {
            rights.put(right, true);
        }
        int top = size - 1;
        for (; ; level++) {
            lowest = page + (3 - level) * (page - 3);
            long at = number(base) + 8 * number(bits(va, top, lowest));
            String where = stage2(at, 'r', true);
            if (!where.startsWith("ok")) {
                return where;
            }
            long pa = Long.parseUnsignedLong(where.substring(3), 16);
            if (pa >= 1 << 22) {
                return fault(1, 0x14, level, false, 0);
            }
            long raw = ram.applyAsLong(pa);
            String d = bits(bits(registers.sctlr(), 25, 25).equals("1") ? Long.reverseBytes(raw) : raw, 63, 0);
            String type = d.substring(62);
            boolean leaf =
                    level == 3 ? type.equals("11") : type.equals("01") && (level == 2 || level == 1 && page == 12);
            boolean table = level < 3 && type.equals("11");
            if (!leaf && !table) {
                return fault(1, 4, level, false, 0);
            }
            int keep = leaf ? lowest : page;
            base = d.substring(16, 64 - keep) + "0".repeat(keep);
            if (base.substring(0, 48 - limit).contains("1")) {
                return fault(1, 0, level, false, 0);
            }
            if (table) {
                clearIf("write", d, 62);
                clearIf("el0", d, 61);
                clearIf("x0", d, 60);
                clearIf("x1", d, 59);
                top = lowest - 1;
                continue;
            }
            if (d.charAt(63 - 10) == '0') {
                return fault(1, 8, level, false, 0);
            }
            clearIf("write", d, 7);
            if (d.charAt(63 - 6) == '0') {
                rights.put("el0", false);
            }
            clearIf("x0", d, 54);
            clearIf("x1", d, 53);
            if (!stage1Allows(access, el0)) {
                return fault(1, 0xc, level, false, 0);
            }
            return "ok " + Long.toHexString(number(base.substring(0, 48 - lowest) + bits(va, lowest - 1, 0)));
        }
    }

    private void clearIf(String right, String descriptor, int bit) {
        if (descriptor.charAt(63 - bit) == '1') {
            rights.put(right, false);
        }
    }

    private boolean stage1Allows(char access, boolean el0) {
        boolean userWrite = rights.get("el0") && rights.get("write");
        boolean wxn = bits(registers.sctlr(), 19, 19).equals("1");
        if (el0) {
            return access == 'r'
                    ? rights.get("el0")
                    : access == 'w' ? userWrite : rights.get("x0") && !(wxn && userWrite);
        }
        if (access == 'x') {
            return rights.get("x1") && !userWrite && !(wxn && rights.get("write"));
        }
        return access == 'r' || rights.get("write");
    }

    private String stage2(long ipa, char access, boolean walk) {
        boolean on = bits(registers.hcr(), 0, 0).equals("1")
                || bits(registers.hcr(), 12, 12).equals("1");
        if (!on) {
            return "ok " + Long.toHexString(ipa);
        }
        String granuleField = bits(registers.vtcr(), 15, 14);
        int page = granuleField.equals("01") ? 16 : granuleField.equals("10") ? 14 : 12;
        int tsz = (int) number(bits(registers.vtcr(), 5, 0));
        int size = 64 - (tsz < 16 ? 16 : tsz > 39 ? 39 : tsz);
        int level = switch (bits(registers.vtcr(), 7, 6)) {
            case "00" -> page == 12 ? 2 : 3;
            case "01" -> page == 12 ? 1 : 2;
            case "10" -> page == 12 ? 0 : 1;
            default -> -1;
        };
        int lowest = page + (3 - level) * (page - 3);
        // The first lookup needs a bit at least, and at most sixteen tables.
        if (level < 0 || size <= lowest || size > lowest + page - 3 + 4) {
            return fault(2, 4, 0, walk, ipa);
        }
        if (bits(ipa, 63, size).contains("1")) {
            return fault(2, 4, 0, walk, ipa);
        }
        int limit = Integer.parseInt(PHYSICAL_SIZES[(int) number(bits(registers.vtcr(), 18, 16))]);
        int tableBits = size - lowest + 3;
        String base = bits(registers.vttbr(), 47, tableBits) + "0".repeat(tableBits);
        if (base.substring(0, 48 - limit).contains("1")) {
            return fault(2, 0, 0, walk, ipa);
        }
        int top = size - 1;
        for (; ; level++) {
            lowest = page + (3 - level) * (page - 3);
            long at = number(base) + 8 * number(bits(ipa, top, lowest));
            if (at >= 1 << 22) {
                return fault(2, 0x14, level, walk, ipa);
            }
            String d = bits(ram.applyAsLong(at), 63, 0);
            String type = d.substring(62);
            boolean leaf =
                    level == 3 ? type.equals("11") : type.equals("01") && (level == 2 || level == 1 && page == 12);
            boolean table = level < 3 && type.equals("11");
            if (!leaf && !table) {
                return fault(2, 4, level, walk, ipa);
            }
            int keep = leaf ? lowest : page;
            base = d.substring(16, 64 - keep) + "0".repeat(keep);
            if (base.substring(0, 48 - limit).contains("1")) {
                return fault(2, 0, level, walk, ipa);
            }
            if (table) {
                top = lowest - 1;
                continue;
            }
            if (d.charAt(63 - 10) == '0') {
                return fault(2, 8, level, walk, ipa);
            }
            char checked = walk ? 'r' : access;
            boolean allowed =
                    checked == 'x' ? d.charAt(63 - 54) == '0' : d.charAt(63 - (checked == 'r' ? 6 : 7)) == '1';
            boolean refusesWalk = walk && bits(registers.hcr(), 2, 2).equals("1") && d.startsWith("00", 63 - 5);
            if (!allowed || refusesWalk) {
                return fault(2, 0xc, level, walk, ipa);
            }
            return "ok " + Long.toHexString(number(base.substring(0, 48 - lowest) + bits(ipa, lowest - 1, 0)));
        }
    }
}
