package org.shyperlab.platforms;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rules of docs/architecture.md that a machine can check, over the classes of all modules that platforms sees. */
class HouseRulesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> MODULES =
            List.of("emulator", "hypervisor", "guest-images", "platforms", "benchmarks");

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

    @Test
    void theClassesOfTheModulesAreSeen() {
        assertThat(classes.containPackage("org.shyperlab.emulator.core")).isTrue();
        assertThat(classes.containPackage("org.shyperlab.guestimages")).isTrue();
        assertThat(classes.containPackage("org.shyperlab.platforms.board")).isTrue();
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
                        "org.shyperlab.benchmarks..",
                        "org.shyperlab.emulator.debug..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.shyperlab.emulator.engine.."));
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
    void onlyTheUplinkKnowsTheHostsNetworkAndItOnlyTheLoopbackAddress() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("org.shyperlab.platforms.net..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.net.InetSocketAddress")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.net.Socket"));
        check(noClasses()
                .that()
                .doNotHaveSimpleName("HostSockets")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.net.InetSocketAddress")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.net.InetAddress"));
    }

    @Test
    void noRoomIsNamedForLeftovers() {
        check(noClasses()
                .should()
                .resideInAnyPackage("..util..", "..utils..", "..helper..", "..helpers..", "..misc..", "..common.."));
    }
}
