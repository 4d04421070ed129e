package org.shyperlab.platforms;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the sources of all modules have in common besides their format (Spotless) and their dependencies ({@link HouseRulesTest}). */
class SourceStyleTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> MODULES =
            List.of("emulator", "hypervisor", "guest-images", "platforms", "benchmarks");
    private static final int LONGEST_FILE = 500;

    private static List<Path> sources(String folder) {
        return MODULES.stream()
                .map(module -> ROOT.resolve(module).resolve(folder))
                .filter(Files::isDirectory)
                .flatMap(SourceStyleTest::javaFiles)
                .toList();
    }

    private static Stream<Path> javaFiles(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everyPackageSaysWhatItIsForAndIsNullMarked() {
        List<Path> packages = sources("src/main/java").stream()
                .filter(file -> !file.endsWith("module-info.java"))
                .map(Path::getParent)
                .distinct()
                .toList();
        assertThat(packages)
                .isNotEmpty()
                .allSatisfy(directory -> assertThat(read(directory.resolve("package-info.java")))
                        .as("%s", directory)
                        .startsWith("/**")
                        .contains("@NullMarked"));
    }

    @Test
    void noSourceFileIsLongerThanAReadersPatience() {
        List<String> tooLong = Stream.of("src/main/java", "src/test/java")
                .flatMap(folder -> sources(folder).stream())
                .filter(file -> read(file).lines().count() > LONGEST_FILE)
                .map(file -> file.getFileName().toString())
                .toList();
        assertThat(tooLong).as("files longer than %d lines", LONGEST_FILE).isEmpty();
    }
}
