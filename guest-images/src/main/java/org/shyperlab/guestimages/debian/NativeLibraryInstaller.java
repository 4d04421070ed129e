package org.shyperlab.guestimages.debian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Brings libunicorn and libcapstone into {@code lib} of Shyperlab's cache, where the emulator looks first. A library that is there
 * stays as it is.
 */
public final class NativeLibraryInstaller {
    /** Debian's names of this machine's architecture, by the JDK's. */
    private static final Map<String, Machine> MACHINES = Map.of(
            "amd64", new Machine("amd64", "x86_64-linux-gnu"),
            "aarch64", new Machine("arm64", "aarch64-linux-gnu"));

    private static final List<Library> LIBRARIES =
            List.of(new Library("libunicorn2t64", "libunicorn.so.2"), new Library("libcapstone5", "libcapstone.so.5"));

    private record Machine(String debianName, String triplet) {}

    private record Library(String debianPackage, String file) {}

    private final DebianPackages packages;

    /** An installer that takes the libraries from {@code packages} and puts them into the same cache. */
    public NativeLibraryInstaller(DebianPackages packages) {
        this.packages = packages;
    }

    /** The program that the scripts run before the first build; it takes no arguments. */
    public static void main(String[] arguments) {
        try {
            new NativeLibraryInstaller(DebianPackages.inUserCache(line -> System.err.println("shyperlab: " + line)))
                    .install();
        } catch (DebianPackageException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /**
     * Installs what is missing.
     *
     * @return the files that were put there; empty when all was there
     * @throws DebianPackageException when a library cannot be had
     */
    public List<Path> install() {
        Path directory = packages.cache().resolve("lib");
        List<Library> missing = LIBRARIES.stream()
                .filter(library -> !Files.exists(directory.resolve(library.file)))
                .toList();
        if (missing.isEmpty()) {
            return List.of();
        }
        Machine machine = MACHINES.get(System.getProperty("os.arch"));
        if (machine == null) {
            throw new DebianPackageException(
                    "Unicorn and Capstone cannot be installed: Shyperlab runs on amd64 and aarch64 machines, not on %s."
                            .formatted(System.getProperty("os.arch")));
        }
        List<DebianPackage> sources = packages.require(
                machine.debianName, missing.stream().map(Library::debianPackage).toList());
        List<Path> installed = new ArrayList<>();
        for (int i = 0; i < missing.size(); i++) {
            String file = missing.get(i).file;
            installed.add(copy(sources.get(i).file("usr/lib/" + machine.triplet + "/" + file), directory, file));
        }
        return installed;
    }

    private static Path copy(Path source, Path directory, String name) {
        Path target = directory.resolve(name);
        try {
            Files.createDirectories(directory);
            Path partial = Files.createTempFile(directory, "." + name, ".partial");
            try {
                Files.copy(source, partial, StandardCopyOption.REPLACE_EXISTING);
                Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(partial);
            }
        } catch (IOException e) {
            throw new DebianPackageException(
                    "%s cannot be put in place: %s. Is there room, and may you write there? (XDG_CACHE_HOME names another cache.)"
                            .formatted(target, e),
                    e);
        }
        return target;
    }
}
