package org.shyperlab.hypervisor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.memory.MemoryRegion;

/** Guest interrupt files in VM configurations, as Rust-Shyper's guide writes them and as we do: not at all. */
class InterruptFileConfigTest {
    private static final int HARTS = 4;
    private static final PlatformDescription.Aia AIA =
            new PlatformDescription.Aia(0xd00_0000, 96, 0x2800_0000, 0x4000, 3, 255);
    private static final PlatformDescription BOARD = new PlatformDescription(
            HARTS,
            AIA,
            new MemoryRegion(0x8020_0000L, 0x800_0000),
            List.of(new MemoryRegion(0x9000_0000L, 0x1_0000_0000L)),
            List.of(new PlatformDescription.DeviceWindow("imsic", AIA.fileWindow(HARTS), List.of())),
            10_000_000);

    /** VM 1 of the guide: it is on harts 1, 2 and 3, and believes that it is on 0, 1 and 2. */
    private static final String GUIDE = """
            {
              "name": "%s",
              "type": "VM_T_BARE_MATEL_APP",
              "image": { "kernel_filename": "small.bin", "kernel_load_ipa": "0x80200000" },
              "memory": { "region": [ { "ipa_start": "0x80000000", "length": "0x400000" } ] },
              "cpu": { "num": 3, "allocate_bitmap": "0b1110", "master": 1 },
              "emulated_device": { "emulated_device_list": [
                { "name": "aplic@d000000", "base_ipa": "0xd000000", "length": "0x8000", "irq_id": 0,
                  "type": "EMU_DEVICE_T_APLIC" }
              ] },
              "passthrough_device": { "passthrough_device_list": [
                { "name": "imsic", "base_pa": "0x28006000", "base_ipa": "0x28000000", "length": "0x1000" },
                { "name": "imsic", "base_pa": "0x2800a000", "base_ipa": "0x28004000", "length": "0x1000" },
                { "name": "imsic", "base_pa": "0x2800e000", "base_ipa": "0x28008000", "length": "0x1000" }
              ] }
            }
            """;

    private static final String AUTOMATIC = GUIDE.replaceAll("(?s)\\{ \"name\": \"imsic\".*0x1000\" }\n", "\n");

    private static List<String> problems(String... files) {
        List<VmSource> sources = new ArrayList<>();
        for (int i = 0; i < files.length; i++) {
            String json = files[i].formatted("vm" + i);
            sources.add(new VmSource(VmConfigReader.read("vm" + i + ".json", json), List.of()));
        }
        try {
            VmConfigChecker.check(sources, BOARD, 8);
            return List.of();
        } catch (ConfigException e) {
            return e.problems().stream()
                    .map(problem -> problem.file() + ":" + problem.line() + ": " + problem.message())
                    .toList();
        }
    }

    @Test
    void theGuidesFilesAreGoodAndSoAreNone() {
        assertThat(problems(GUIDE)).isEmpty();
        assertThat(problems(AUTOMATIC)).isEmpty();
        assertThat(problems(AUTOMATIC, GUIDE, AUTOMATIC)).isEmpty();
    }

    @Test
    void aFourthVmOnAHartHasNoFileLeft() {
        assertThat(problems(AUTOMATIC, AUTOMATIC, AUTOMATIC, AUTOMATIC))
                .containsExactly(
                        "vm3.json:6: the VM needs a guest interrupt file of one number on each of its harts [1, 2, 3]:"
                                + " the board has 3 guest files per hart, and other VMs have them");
    }

    @Test
    void twoVmsCannotHaveTheSameFiles() {
        assertThat(problems(GUIDE, GUIDE))
                .contains("vm1.json:11: guest interrupt file 2 of harts [1, 2, 3] belongs to vm0 already");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0x28006000 | 0x28004000 | 12: 0x28004000 of 0x1000 bytes is no guest interrupt file: hart 1 has its guest files 1 to 3 at 0x28005000",
                "0x28006000 | 0x28002000 | 12: 0x28002000 of 0x1000 bytes is a file of hart 0, and the VM has harts [1, 2, 3]",
                "0x28006000 | 0x28005000 | 11: the VM has interrupt files, but not the one of hart 2 at 0x28009000: it has one number, 1, on all of its harts",
                "0x2800e000\", \"base_ipa\": \"0x28008000\", \"length\": \"0x1000 | 0x2800e000\", \"base_ipa\": \"0x28008000\", \"length\": \"0x2000 | 14: 0x2800e000 of 0x2000 bytes is not the page of one interrupt file",
                "_T_APLIC | _T_CONSOLE | 11: interrupt files are only for VMs with EMU_DEVICE_T_APLIC",
            })
    void filesThatAVmCannotHaveAreNamedWithTheirLine(String good, String bad, String problem) {
        assertThat(GUIDE).contains(good);
        assertThat(problems(GUIDE.replace(good, bad)))
                .anySatisfy(found -> assertThat(found).startsWith("vm0.json:" + problem));
    }

    @Test
    void nothingElseMayLieWhereTheVcpusSeeTheirFiles() {
        assertThat(problems(AUTOMATIC.replace("0xd000000\", \"length", "0x28004000\", \"length")))
                .anySatisfy(found -> assertThat(found).contains("overlaps interrupt file of vCPU 1"));
    }
}
