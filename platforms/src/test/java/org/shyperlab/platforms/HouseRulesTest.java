package org.shyperlab.platforms;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rules of docs/architecture.md that a machine can check, over the classes and sources of all modules that platforms sees. */
class HouseRulesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> MODULES = List.of("emulator", "hypervisor", "guest-images", "platforms", "benchmarks");
    private static final int LONGEST_FILE = 500;

    private static final String EMULATOR = "org.shyperlab.emulator..";
    private static final String HYPERVISOR = "org.shyperlab.hypervisor..";
    private static final String GUEST_IMAGES = "org.shyperlab.guestimages..";
    private static final String PLATFORMS = "org.shyperlab.platforms..";

    private static JavaClasses classes;

    @BeforeAll
    static void readAllClasses() {
        List<Path> directories = MODULES.stream()
                .map(module -> ROOT.resolve(module).resolve("target/classes"))
                .filter(Files::isDirectory)
                .toList();
        classes = new ClassFileImporter().importPaths(directories);
    }

    private static void check(ArchRule rule) {
        // A module whose classes have not been written yet breaks no rule.
        rule.allowEmptyShould(true).check(classes);
    }

    private static List<Path> sources(String folder) {
        return MODULES.stream()
                .map(module -> ROOT.resolve(module).resolve(folder))
                .filter(Files::isDirectory)
                .flatMap(HouseRulesTest::javaFiles)
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
    void theClassesAndSourcesOfEveryModuleAreSeen() {
        assertThat(classes.containPackage("org.shyperlab.emulator.core")).isTrue();
        assertThat(classes.containPackage("org.shyperlab.guestimages")).isTrue();
        assertThat(classes.containPackage("org.shyperlab.platforms.board")).isTrue();
        assertThat(sources("src/main/java")).hasSizeGreaterThan(50);
    }

    @Test
    void theEmulatorKnowsNothingOfHypervisorsVmsAndBoards() {
        check(noClasses()
                .that()
                .resideInAPackage(EMULATOR)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(HYPERVISOR, PLATFORMS, GUEST_IMAGES));
    }

    @Test
    void theHypervisorKnowsTheMachineOnly() {
        check(noClasses()
                .that()
                .resideInAPackage(HYPERVISOR)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(PLATFORMS, GUEST_IMAGES));
    }

    @Test
    void guestImagesStandAlone() {
        check(noClasses()
                .that()
                .resideInAPackage(GUEST_IMAGES)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(EMULATOR, HYPERVISOR, PLATFORMS));
    }

    @Test
    void theNativeEdgeIsUsedByCoreMachineAndDebugOnly() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(
                        "org.shyperlab.emulator.engine..",
                        "org.shyperlab.emulator.core..",
                        "org.shyperlab.emulator.machine..",
                        "org.shyperlab.emulator.debug..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.shyperlab.emulator.engine.."));
    }

    @Test
    void theRoomsOfTheEmulatorDoNotNeedEachOtherInCircles() {
        check(slices().matching("org.shyperlab.emulator.(*)..").should().beFreeOfCycles());
    }

    @Test
    void noHostTimeEntersTheEmulatorAndTheHypervisor() {
        check(noClasses()
                .that()
                .resideInAnyPackage(EMULATOR, HYPERVISOR)
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("java.time.."));
    }

    @Test
    void noChanceEntersTheEmulatorAndTheHypervisor() {
        check(noClasses()
                .that()
                .resideInAnyPackage(EMULATOR, HYPERVISOR)
                .should()
                .callMethod(Math.class, "random")
                .orShould()
                .callConstructor(Random.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(ThreadLocalRandom.class));
    }

    @Test
    void noRoomIsNamedForLeftovers() {
        check(noClasses().should().resideInAnyPackage("..util..", "..utils..", "..helper..", "..helpers..", "..misc..", "..common.."));
    }

    @Test
    void everyPackageSaysWhatItIsForAndIsNullMarked() {
        List<Path> packages = sources("src/main/java").stream()
                .filter(file -> !file.endsWith("module-info.java"))
                .map(Path::getParent)
                .distinct()
                .toList();
        assertThat(packages).isNotEmpty().allSatisfy(directory -> assertThat(read(directory.resolve("package-info.java")))
                .as("%s", directory)
                .startsWith("/**")
                .contains("@NullMarked"));
    }

    @Test
    void noSourceFileIsLongerThanAReadersPatience() {
        List<String> tooLong = Stream.of("src/main/java", "src/test/java")
                .flatMap(folder -> sources(folder).stream())
                .filter(file -> read(file).lines().count() > LONGEST_FILE)
                .map(file -> ROOT.relativize(file).toString())
                .toList();
        assertThat(tooLong).as("files longer than %d lines", LONGEST_FILE).isEmpty();
    }
}
