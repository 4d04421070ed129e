package org.shyperlab.guestimages;

import java.util.List;

/**
 * What is known about one bare-metal guest besides its bytes.
 *
 * @param name the image's name, as in {@code hello}
 * @param description one line on what it does, for lists
 * @param minimumCores how many cores it needs to say everything in {@code consoleLines}
 * @param consoleLines lines that a right machine prints, complete and in this order; others, with measured values, may stand between
 *     them. The last one is the verdict, after which the guest powers the machine off
 */
public record BareMetalGuest(String name, String description, int minimumCores, List<String> consoleLines) {
    /** Copies the list. */
    public BareMetalGuest {
        consoleLines = List.copyOf(consoleLines);
    }

    /**
     * Finds the first of {@link #consoleLines} that a console does not show in its place.
     *
     * @param console everything the guest printed; lines end with CR LF or LF
     * @return the missing line, or the empty string when all are there
     */
    public String firstMissingLine(String console) {
        List<String> printed = console.lines().toList();
        int from = 0;
        for (String line : consoleLines) {
            int found = printed.subList(from, printed.size()).indexOf(line);
            if (found < 0) {
                return line;
            }
            from += found + 1;
        }
        return "";
    }
}
