package org.shyperlab.platforms.cli;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;

/**
 * Where a run's guest talks to the user.
 *
 * @param output takes what guests print, as it is
 * @param inputIsTerminal whether somebody can type
 */
record Terminals(OutputStream output, boolean inputIsTerminal) {
    /** The process's own. */
    static Terminals ofProcess() {
        // Since JDK 22 there may be a Console without a terminal, so it has to be asked.
        Console console = System.console();
        return new Terminals(new FileOutputStream(FileDescriptor.out), console != null && console.isTerminal());
    }
}
