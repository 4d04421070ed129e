package org.shyperlab.emulator.debug.aarch64;

/** PSTATE in SPSR format in words (Arm ARM C5.2.19). */
final class ProcessorState {
    private ProcessorState() {}

    /** For example {@code EL1h nZCv DaIF}: a capital letter is a bit that is set. */
    static String inWords(long state) {
        if ((state & 1 << 4) != 0) {
            return "AArch32 mode 0x%02x".formatted(state & 15);
        }
        return "EL%d%s %s %s"
                .formatted(
                        state >>> 2 & 3,
                        (state & 1) != 0 ? "h" : "t",
                        letters(state, "NZCV", 31),
                        letters(state, "DAIF", 9));
    }

    private static String letters(long state, String names, int highestBit) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < names.length(); i++) {
            boolean isSet = (state >>> highestBit - i & 1) != 0;
            text.append(isSet ? names.charAt(i) : Character.toLowerCase(names.charAt(i)));
        }
        return text.toString();
    }
}
