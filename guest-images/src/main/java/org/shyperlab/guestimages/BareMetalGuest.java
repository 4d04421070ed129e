package org.shyperlab.guestimages;

import java.util.List;

/**
 * What is known about one bare-metal guest besides its bytes.
 *
 * @param name the image's name, as in {@code hello}
 * @param description one line on what it does, for lists
 * @param consoleInput characters that somebody must type for it to end; mostly none
 */
public record BareMetalGuest(String name, String description, String consoleInput) {
    /** Its last console line when all is well; the guest then powers the machine off. */
    public String verdict() {
        return name + ": PASS";
    }

    /**
     * Finds the first line that a console does not show in its place.
     *
     * @param expected complete lines in their order, as {@link BareMetalGuests#consoleLines} has them
     * @param console everything the guest printed; lines end with CR LF or LF, and others may stand between the expected ones
     * @return the missing line, or the empty string when all are there
     */
    public static String firstMissingLine(List<String> expected, String console) {
        List<String> printed = console.lines().toList();
        int from = 0;
        for (String line : expected) {
            int found = printed.subList(from, printed.size()).indexOf(line);
            if (found < 0) {
                return line;
            }
            from += found + 1;
        }
        return "";
    }
}
