package org.shyperlab.guestimages.debian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A package in the cache, unpacked. A file of it is handed out only with the contents that apt brought. */
public final class DebianPackage {
    private final Path directory;
    private final String name;
    private final String version;
    private final Map<String, String> checksumByPath;

    private DebianPackage(Path directory, String name, String version, Map<String, String> checksumByPath) {
        this.directory = directory;
        this.name = name;
        this.version = version;
        this.checksumByPath = checksumByPath;
    }

    static Path checksums(Path directory) {
        return directory.resolve("sha256sums");
    }

    /** Opens the package that {@code fetch-packages.sh} left in {@code directory}. */
    static DebianPackage open(Path directory) {
        Map<String, String> facts = new TreeMap<>();
        Map<String, String> checksumByPath = new TreeMap<>();
        try {
            for (String line : Files.readAllLines(directory.resolve("package"))) {
                int space = line.indexOf(' ');
                facts.put(line.substring(0, Math.max(0, space)), line.substring(space + 1));
            }
            for (String line : Files.readAllLines(checksums(directory))) {
                // The format of sha256sum: 64 digits, two spaces, the path.
                checksumByPath.put(line.substring(66), line.substring(0, 64));
            }
        } catch (IOException | IndexOutOfBoundsException e) {
            throw new DebianPackageException(damage(directory, "its records cannot be read"), e);
        }
        String name = facts.get("name");
        String version = facts.get("version");
        if (name == null || version == null) {
            throw new DebianPackageException(damage(directory, "its records are incomplete"));
        }
        return new DebianPackage(directory, name, version, checksumByPath);
    }

    /** The package's own name: for a kernel's metapackage, that of the kernel. */
    public String name() {
        return name;
    }

    /** Debian's version of it. */
    public String version() {
        return version;
    }

    /** The paths of its regular files that begin with {@code prefix}, without a leading slash, in order. */
    public List<String> files(String prefix) {
        return checksumByPath.keySet().stream()
                .filter(path -> path.startsWith(prefix))
                .toList();
    }

    /**
     * Where a file of the package lies in the cache.
     *
     * @param path as in the package, without a leading slash; links are followed
     * @throws DebianPackageException when the package has no such file, or its contents are not those that apt brought
     */
    public Path file(String path) {
        verified(path);
        return directory.resolve("root").resolve(path);
    }

    /** The contents of a file of the package, as {@link #file} finds it. */
    public byte[] read(String path) {
        return verified(path);
    }

    private byte[] verified(String path) {
        byte[] contents;
        String expected;
        try {
            Path root = directory.resolve("root").toRealPath();
            Path real = root.resolve(path).toRealPath();
            expected = checksumByPath.get(root.relativize(real).toString());
            contents = Files.readAllBytes(real);
        } catch (IOException e) {
            throw new DebianPackageException(damage(directory, "its file " + path + " cannot be read"), e);
        }
        if (!sha256(contents).equals(expected)) {
            throw new DebianPackageException(
                    damage(directory, "its file " + path + " is not as apt brought it (another checksum)"));
        }
        return contents;
    }

    private static String sha256(byte[] contents) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(contents));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static String damage(Path directory, String what) {
        return "The package %s in the cache is damaged: %s. Remove it with `rm -r %s`; the next start fetches it again."
                .formatted(directory.getFileName(), what, directory);
    }
}
