package org.shyperlab.emulator.trace;

/** The little of JSON that trace files need: quoted strings. */
final class JsonText {
    private JsonText() {}

    /** Appends {@code text} as a JSON string (RFC 8259 section 7). */
    static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20) {
                out.append("\\u%04x".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
