package org.shyperlab.guestimages.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shyperlab.guestimages.debian.DebianPackage;
import org.shyperlab.guestimages.debian.DebianPackageException;
import org.shyperlab.guestimages.debian.DebianPackages;

class KernelModulesTest {
    private static DebianPackage kernel(GuestArchitecture architecture) {
        return DebianPackages.inUserCache(message -> {})
                .require(architecture.debianName(), List.of(architecture.kernelPackage()))
                .getFirst();
    }

    private static List<String> names(GuestArchitecture architecture, String... wanted) {
        return new KernelModules(kernel(architecture))
                .withNeeded(List.of(wanted)).stream()
                        .map(KernelModules.Module::name)
                        .toList();
    }

    @ParameterizedTest
    @EnumSource(GuestArchitecture.class)
    void aModuleComesAfterAllThatItNeeds(GuestArchitecture architecture) {
        assertThat(names(architecture, "virtio_net", "virtio_mmio", "failover"))
                .containsExactly("failover", "net_failover", "virtio_net", "virtio_mmio");
    }

    @ParameterizedTest
    @EnumSource(GuestArchitecture.class)
    void minusAndUnderscoreAreTheSameInNames(GuestArchitecture architecture) {
        assertThat(names(architecture, "virtio-rng", "virtio_rng", "virtio-blk"))
                .containsExactly("virtio-rng", "virtio-blk");
    }

    @ParameterizedTest
    @EnumSource(GuestArchitecture.class)
    void whatIsBuiltInIsLeftOut(GuestArchitecture architecture) {
        assertThat(names(architecture, "virtio_console", "virtio_ring")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(GuestArchitecture.class)
    void aModuleThatTheKernelDoesNotHaveIsNamed(GuestArchitecture architecture) {
        KernelModules modules = new KernelModules(kernel(architecture));
        assertThatThrownBy(() -> modules.withNeeded(List.of("virtio_mmio", "flux_capacitor")))
                .isInstanceOf(DebianPackageException.class)
                .hasMessageContaining("has no kernel module \"flux_capacitor\"");
    }

    @Test
    void aDamagedModuleIsAMessageAndNothingElse() {
        byte[] good = new KernelModules(kernel(GuestArchitecture.ARM64))
                .withNeeded(List.of("net_failover"))
                .getLast()
                .contents();
        assertThat(ModuleInformation.needed("m", good)).containsExactly("failover");
        Random random = new Random(1);
        int refused = 0;
        for (int round = 0; round < 2000; round++) {
            byte[] bad = good.clone();
            for (int i = 0; i < 4; i++) {
                bad[random.nextInt(64)] = (byte) random.nextInt();
            }
            try {
                ModuleInformation.needed("m.ko", bad);
            } catch (DebianPackageException expected) {
                refused++;
                assertThat(expected).hasMessage("m.ko is not a kernel module: its ELF headers are damaged.");
            }
        }
        assertThat(refused).isGreaterThan(100);
        assertThatThrownBy(() -> ModuleInformation.needed("n", "text".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(DebianPackageException.class);
    }
}
