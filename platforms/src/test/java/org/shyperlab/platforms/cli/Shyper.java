package org.shyperlab.platforms.cli;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs the command in this JVM and keeps what it says. */
record Shyper(int exitCode, String console, String out, String err) {
    static Shyper run(String... arguments) {
        ByteArrayOutputStream console = new ByteArrayOutputStream();
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.execute(new Terminals(console, false), new PrintWriter(out), new PrintWriter(err), arguments);
        return new Shyper(code, console.toString(StandardCharsets.UTF_8), out.toString(), err.toString());
    }

    /** The command line that starts this very program in a JVM of its own. */
    static List<String> command(String... arguments) {
        String path = Stream.of("java.class.path", "jdk.module.path")
                .map(System::getProperty)
                .filter(Objects::nonNull)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                path,
                Main.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }
}
