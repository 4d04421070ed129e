package org.shyperlab.guestimages.debian;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A machine whose apt is made of a few lines of shell: the real fetch script runs, and nothing leaves the machine. */
final class FakeDebian {
    /** Tools that the script needs besides apt's; they are those of the real machine. */
    private static final List<String> TOOLS = List.of(
            "bash",
            "awk",
            "cat",
            "cp",
            "cut",
            "df",
            "dpkg-deb",
            "env",
            "find",
            "flock",
            "grep",
            "head",
            "mkdir",
            "mv",
            "rm",
            "sed",
            "sha256sum",
            "sort",
            "tail",
            "tar",
            "tr",
            "xargs");

    private final Path directory;
    private final Path bin;
    private final Path sources;
    final List<String> progress = new ArrayList<>();

    FakeDebian(Path directory) throws IOException {
        this.directory = directory;
        bin = Files.createDirectories(directory.resolve("bin"));
        sources = Files.createDirectories(directory.resolve("sources.list.d"));
        for (String tool : TOOLS) {
            command(tool, "exec %s \"$@\"".formatted(real(tool)));
        }
        Files.createDirectories(directory.resolve("archive"));
        command(
                "apt-config",
                "echo \"sourcelist='%s' sourceparts='%s'\"".formatted(directory.resolve("sources.list"), sources));
        command("apt-cache", """
                for name; do :; done
                cat '%s'/"$name".record 2>/dev/null || { echo "E: No packages found" >&2; exit 100; }
                """.formatted(directory.resolve("archive")));
        apt("""
                case " $* " in
                    *" update "*) cp "$3" '%1$s/last.conf'; exit 0 ;;
                    *" download "*) for name; do :; done; cp '%1$s/archive/'"$name.deb" . ;;
                esac
                """.formatted(directory));
        oneLineSources("deb https://deb.example.org/debian bookworm main\n");
    }

    private static Path real(String tool) {
        for (String place : List.of("/usr/bin", "/bin")) {
            if (Files.isExecutable(Path.of(place, tool))) {
                return Path.of(place, tool);
            }
        }
        throw new IllegalStateException(tool + " is not on this machine");
    }

    /** Puts a command on the machine's PATH. */
    void command(String name, String script) throws IOException {
        Path file = bin.resolve(name);
        Files.writeString(file, "#!/bin/bash\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** What apt-get does. */
    void apt(String script) throws IOException {
        command("apt-get", script);
    }

    void remove(String command) throws IOException {
        Files.delete(bin.resolve(command));
    }

    void oneLineSources(String text) throws IOException {
        Files.writeString(directory.resolve("sources.list"), text);
    }

    void deb822Sources(String file, String text) throws IOException {
        Files.writeString(sources.resolve(file), text);
    }

    /** The sources that the script wrote for apt. */
    String sourcesForApt(String architecture) throws IOException {
        return Files.readString(cache().resolve("apt/trixie-" + architecture + "/sources/debian.sources"));
    }

    /** Adds a package with one file to the archive. */
    void offer(String name, String depends, String path, String contents) throws IOException, InterruptedException {
        Path root = Files.createTempDirectory(directory, "root");
        Files.createDirectories(root.resolve("DEBIAN"));
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        String control =
                "Package: %s\nVersion: 1.2-3\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\n%sDescription: test\n"
                        .formatted(name, depends.isEmpty() ? "" : "Depends: " + depends + "\n");
        Files.writeString(root.resolve("DEBIAN/control"), control);
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, contents);
        Path archive = directory.resolve("archive");
        Process process = new ProcessBuilder(
                        "dpkg-deb",
                        "-Znone",
                        "--root-owner-group",
                        "--build",
                        root.toString(),
                        archive.resolve(name + ".deb").toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("dpkg-deb: " + output);
        }
        Files.writeString(archive.resolve(name + ".record"), control + "Size: 1500000\n");
    }

    Path cache() {
        return directory.resolve("cache");
    }

    DebianPackages packages() {
        return new DebianPackages(cache(), progress::add, Map.of("PATH", bin.toString()));
    }
}
