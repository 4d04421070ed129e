package org.shyperlab.guestimages.debian;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Shyperlab's cache of unpacked Debian packages. What is missing is fetched by {@code fetch-packages.sh} (its comments describe the
 * layout of the cache); what is there is used as it is, without starting apt.
 */
public final class DebianPackages {
    /** The Debian release that all packages come from: the first with Unicorn 2.1.1. */
    public static final String SUITE = "trixie";

    private static final String PROGRESS = "shyperlab: ";

    private final Path cache;
    private final Consumer<String> progress;
    private final Map<String, String> environment;

    /**
     * A cache in directory {@code cache}.
     *
     * @param progress told in a few words, without a line end, what is being fetched
     * @param environment the variables that apt sees; a test puts other commands on its PATH
     */
    DebianPackages(Path cache, Consumer<String> progress, Map<String, String> environment) {
        this.cache = cache.toAbsolutePath();
        this.progress = progress;
        this.environment = environment;
    }

    /** The user's cache: {@code $XDG_CACHE_HOME/shyperlab} or {@code ~/.cache/shyperlab}. Progress is told as in the constructor. */
    public static DebianPackages inUserCache(Consumer<String> progress) {
        String named = System.getenv("XDG_CACHE_HOME");
        Path base =
                named == null || named.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(named);
        return new DebianPackages(base.resolve("shyperlab"), progress, System.getenv());
    }

    /** The cache's directory. */
    public Path cache() {
        return cache;
    }

    /** Whether the package is in the cache, so that {@link #require} will not fetch it. Its files are not looked at. */
    public boolean has(String architecture, String name) {
        return Files.isRegularFile(DebianPackage.checksums(directory(architecture, name)));
    }

    /**
     * The packages, fetched first where the cache does not have them.
     *
     * @param architecture Debian's name of it: {@code amd64}, {@code arm64}, {@code riscv64}
     * @param names packages; the metapackage of a kernel, such as {@code linux-image-cloud-arm64}, stands for its newest kernel
     * @return the packages in the order of {@code names}
     * @throws DebianPackageException when apt is missing, the network or the disk fails, or a cached package is damaged
     */
    public List<DebianPackage> require(String architecture, List<String> names) {
        List<String> missing =
                names.stream().filter(name -> !has(architecture, name)).toList();
        if (!missing.isEmpty()) {
            fetch(architecture, missing);
        }
        return names.stream()
                .map(name -> DebianPackage.open(directory(architecture, name)))
                .toList();
    }

    private Path directory(String architecture, String name) {
        return cache.resolve("packages").resolve(SUITE + "-" + architecture).resolve(name);
    }

    private void fetch(String architecture, List<String> names) {
        List<String> command = new ArrayList<>(
                List.of("bash", "-c", script(), "fetch-packages", cache.toString(), SUITE, architecture));
        command.addAll(names);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        StringBuilder problem = new StringBuilder();
        int status;
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith(PROGRESS)) {
                        progress.accept(line.substring(PROGRESS.length()));
                    } else {
                        problem.append(problem.isEmpty() ? "" : " ").append(line.strip());
                    }
                }
            }
            status = process.waitFor();
        } catch (IOException e) {
            throw new DebianPackageException(
                    "The Debian packages %s cannot be fetched: bash cannot be run (%s)."
                            .formatted(String.join(", ", names), e.getMessage()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DebianPackageException(
                    "Fetching the Debian packages %s was interrupted.".formatted(String.join(", ", names)), e);
        }
        if (status != 0) {
            throw new DebianPackageException(
                    problem.isEmpty()
                            ? "Fetching Debian packages failed with status " + status + "."
                            : problem.toString());
        }
    }

    private static String script() {
        try (InputStream script = DebianPackages.class.getResourceAsStream("fetch-packages.sh")) {
            if (script == null) {
                throw new IllegalStateException("fetch-packages.sh is not among the resources of this module");
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("fetch-packages.sh cannot be read from the module", e);
        }
    }
}
