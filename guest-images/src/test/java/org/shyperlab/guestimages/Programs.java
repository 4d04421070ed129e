package org.shyperlab.guestimages;

import java.nio.file.Files;
import java.nio.file.Path;

/** Programs of the host that some tests need. */
final class Programs {
    private Programs() {}

    /** Whether a program of this name is in a folder of PATH. */
    static boolean onPath(String name) {
        for (String folder : System.getenv("PATH").split(":", -1)) {
            if (Files.isExecutable(Path.of(folder, name))) {
                return true;
            }
        }
        return false;
    }
}
