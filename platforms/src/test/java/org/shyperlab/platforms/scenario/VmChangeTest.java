package org.shyperlab.platforms.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.config.VmConfigReader;
import org.shyperlab.platforms.input.InputException;

class VmChangeTest {
    @TempDir
    private Path directory;

    private Scenario.VmFile vm(String entry) throws IOException {
        Path file = Files.writeString(directory.resolve("one.yaml"), """
                scenario: one
                description: for a test
                board: qemu-aarch64
                guest:
                  kernel: shipped:hello
                vms:
                  - %s
                """.formatted(entry));
        return ScenarioCatalog.load(file.toString()).vms().getFirst();
    }

    private static VmConfig read(Scenario.VmFile vm) {
        return VmConfigReader.read(vm.name(), vm.json()).config();
    }

    @Test
    void aVmHasWhatItsEntrySaysAndElseWhatItsFileSays() throws IOException {
        Scenario.VmFile changed =
                vm("{ file: \"shipped:vm1-eight\", name: other, kernel: \"shipped:timer\", core: 2, mac: "
                        + "\"74:56:AA:0f:47:d1\" }");
        VmConfig original = read(changed);
        VmConfig config = changed.change().apply(original);
        assertThat(config.name()).isEqualTo("other");
        assertThat(config.image().kernelFile()).isEqualTo("shipped:timer");
        assertThat(config.image().entryPoint()).isEqualTo(original.image().entryPoint());
        assertThat(config.cpu()).isEqualTo(new VmConfig.Cpu(1, 0b100, 2));
        assertThat(config.emulated())
                .filteredOn(device -> device.type() == EmulatedDeviceType.VIRTIO_NET)
                .singleElement()
                .satisfies(device ->
                        assertThat(device.parameters()).containsExactly(0x74L, 0x56L, 0xaaL, 0x0fL, 0x47L, 0xd1L));
        assertThat(config.passthrough()).isEqualTo(original.passthrough());
        assertThat(VmChange.NONE.apply(original)).isEqualTo(original);
        assertThat(vm("shipped:vm1-eight").change()).isEqualTo(VmChange.NONE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ name: other }                                 | vms[0].file: is missing",
                "{ file: \"shipped:vm1-eight\", cores: 2 }        | vms[0].cores",
                "{ file: \"shipped:vm1-eight\", core: 8 }         | vms[0].core: 8 is outside 0 to 7",
                "{ file: \"shipped:vm1-eight\", mac: \"74:56\" }  | vms[0].mac: \"74:56\" is not an address like",
                "[ \"shipped:vm1-eight\" ]                        | vms[0]: is a list; keys and values are expected",
            })
    void aMistakeInAnEntryIsNamedWithItsPlace(String entry, String problem) {
        assertThatThrownBy(() -> vm(entry)).isInstanceOf(InputException.class).hasMessageContaining(problem);
    }

    @Test
    void anAddressNeedsANetworkDevice() throws IOException {
        Scenario.VmFile vm = vm("{ file: \"shipped:vm1-hello\", mac: \"74:56:aa:0f:47:d1\" }");
        assertThatThrownBy(() -> vm.change().apply(read(vm)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("VM hello has no EMU_DEVICE_T_VIRTIO_NET");
    }
}
