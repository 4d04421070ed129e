package org.shyperlab.platforms.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

/** Runs the command in this JVM and keeps what it says. */
record Shyper(int exitCode, String console, String out, String err) {
    static Shyper run(String... arguments) {
        ByteArrayOutputStream console = new ByteArrayOutputStream();
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.execute(new Terminals(console, false), new PrintWriter(out), new PrintWriter(err), arguments);
        return new Shyper(code, console.toString(StandardCharsets.UTF_8), out.toString(), err.toString());
    }
}
