package org.shyperlab.platforms.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.emulator.devicetree.DeviceTree;
import org.shyperlab.emulator.devicetree.FdtNode;
import org.shyperlab.emulator.devicetree.FdtReader;
import org.shyperlab.emulator.devicetree.FdtWriter;
import org.shyperlab.platforms.input.InputException;

class RiscvBoardTest {
    private static final String QEMU = "/usr/bin/qemu-system-riscv64";

    private static DeviceTree tree(String board, int cores) {
        return SystemTree.ofBoard(BoardCatalog.shipped(board), cores, 1L << 30, new SystemTree.Chosen("", null, null));
    }

    @Test
    void thePlicBoardIsQemusVirt() {
        Board board = BoardCatalog.shipped("qemu-riscv64");
        assertThat(board.architecture()).isEqualTo(Architecture.RISCV64);
        assertThat(board.cores().counterHertz()).isEqualTo(10_000_000);
        assertThat(board.interrupts())
                .isEqualTo(
                        new Interrupts.Plic("plic", 0xc00_0000L, 511, 3, new Interrupts.Clint("clint", 0x200_0000L)));
        assertThat(board.device("virtio").size()).isEqualTo(0x8000);
        assertThat(board.device("test").interrupts()).isZero();
    }

    @Test
    void theAiaBoardHasThreeGuestFilesPerHart() {
        Board board = BoardCatalog.shipped("qemu-riscv64-aia");
        assertThat(board.interrupts())
                .isEqualTo(new Interrupts.Aia(
                        "aplic",
                        0xc00_0000L,
                        0xd00_0000L,
                        96,
                        3,
                        new Interrupts.Aia.Files("imsic", 0x2400_0000L, 0x2800_0000L, 255, 3),
                        new Interrupts.Clint("clint", 0x200_0000L)));
        assertThat(MemoryMap.of(board, 1 << 30))
                .contains(new Region("imsic supervisor and guest files (IMSIC)", 0x2800_0000L, 8 * 0x4000));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "qemu-riscv64 | isa: rv64imafdch | isa: rv32imac | cores.isa: \"rv32imac_zicntr_zicsr_zifencei_sstc\" is not an ISA string",
                "qemu-riscv64 | mmu: sv57 | mmu: sv99 | cores.mmu: \"sv99\" is not one of: sv39, sv48, sv57",
                "qemu-riscv64 | type: plic | type: gicv2 | interrupt-controller.type: \"gicv2\" is not one of: aplic-imsic, plic",
                "qemu-riscv64 | sources: 511 | sources: 1024 | interrupt-controller.sources: 1024 is outside 1 to 1023",
                "qemu-riscv64 | sources: 511 | sources: 5 | needs source 1 to 8, and the interrupt controller has 5",
                "qemu-riscv64 | interrupt: 10, | interrupt: 0, | devices[2].interrupt: 0 is outside 1 to 511",
                "qemu-riscv64 | interrupt: 10, | interrupt: 11, | source 11 of uart0 is already the interrupt of rtc",
                "qemu-riscv64 | base: 0x0200_0000 | base: 0x0c20_0000 | clint (CLINT) at 0xc200000..0xc20ffff overlaps plic (PLIC)",
                "qemu-riscv64 | base: 0x0010_0000} | base: 0x0010_0000, interrupt: 4} | devices[0].interrupt: unknown key",
                "qemu-riscv64 | type: sbi | type: psci | firmware.type: \"psci\" is not one of: sbi",
                "qemu-riscv64-aia | identities: 255 | identities: 256 | identities: 256 is not one below a multiple of 64",
                "qemu-riscv64-aia | guest-files: 3 | guest-files: 64 | guest-files: 64 is outside 0 to 63",
                "qemu-riscv64-aia | machine-files: 0x2400_0000 | machine-files: 0x2800_0000 | supervisor and guest files (IMSIC) at 0x28000000",
            })
    void aMistakeIsNamedWithItsLineAndRule(String board, String part, String by, String message) throws IOException {
        String text = yaml(board);
        assertThat(text.split(java.util.regex.Pattern.quote(part), -1)).hasSize(2);
        InputException error =
                catchThrowableOfType(InputException.class, () -> BoardReader.read("my.yaml", text.replace(part, by)));
        assertThat(error).isNotNull();
        assertThat(error.problems()).anySatisfy(problem -> assertThat(problem).contains(message));
        assertThat(error.problems()).allSatisfy(problem -> assertThat(problem).matches("my\\.yaml:\\d+: .*"));
    }

    private static String yaml(String board) throws IOException {
        try (InputStream in = Board.class.getResourceAsStream("/org/shyperlab/platforms/boards/" + board + ".yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"qemu-riscv64", "qemu-riscv64-aia"})
    void theDescriptionNamesEveryDeviceAndInterrupt(String board) {
        assertThat(BoardText.describe(BoardCatalog.shipped(board)))
                .contains("0x0010000000 .. 0x0010000fff      4 KiB  uart0 (ns16550)")
                .contains("source      10  uart0 (ns16550)")
                .contains("source    1..8  virtio (virtio-mmio)")
                .contains("firmware  SBI 2.0 by ECALL")
                .contains("counter   10 MHz")
                .doesNotContain("INTID")
                .contains("/dts-v1/;");
    }

    @ParameterizedTest
    @ValueSource(strings = {"qemu-riscv64", "qemu-riscv64-aia"})
    void dtcFindsNothingToWarnAbout(String board, @TempDir Path directory) throws Exception {
        TreeCompiler.assertNoWarnings(FdtWriter.write(tree(board, 4)), directory);
    }

    /**
     * Every node below the root, the CPUs and the bus that both trees have says the same, handles replaced by the node's name. What
     * QEMU has and this board has not (PCI, flash, fw_cfg, platform bus, PMU) is listed, so that nothing else is missed.
     */
    @ParameterizedTest
    @CsvSource({"qemu-riscv64, virt", "'qemu-riscv64-aia', 'virt,aia=aplic-imsic,aia-guests=3'"})
    void theTreeMeansWhatQemusMeans(String board, String machine, @TempDir Path directory) throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of(QEMU)),
                "qemu-system-riscv64 is not installed (Debian package qemu-system-riscv, in Debian 12 qemu-system-misc)");
        DeviceTree theirs = qemusTree(machine, directory);
        DeviceTree ours = tree(board, 2);
        assertThat(names(theirs.root()))
                .filteredOn(name -> !names(ours.root()).contains(name))
                .containsExactlyInAnyOrder("pmu", "fw-cfg@10100000", "flash@20000000", "platform-bus@4000000");
        assertThat(names(theirs.find("/soc")))
                .filteredOn(name -> !names(ours.find("/soc")).contains(name))
                .containsExactly("pci@30000000");
        assertThat(names(ours.find("/soc"))).isSubsetOf(names(theirs.find("/soc")));
        List<String> differences = new ArrayList<>();
        int compared = 0;
        for (FdtNode node : ours.find("/soc").children()) {
            compared += compare(ours, node, theirs, theirs.find("/soc/" + node.name()), differences);
        }
        for (String path : List.of("/memory@80000000", "/cpus", "/cpus/cpu@1", "/poweroff", "/reboot")) {
            compared += compare(ours, ours.find(path), theirs, theirs.find(path), differences);
        }
        assertThat(differences).containsExactlyInAnyOrderElementsOf(expectedDifferences(board));
        assertThat(compared).isGreaterThan(50);
        assertThat(ours.find("/chosen").property("stdout-path"))
                .isEqualTo(theirs.find("/chosen").property("stdout-path"));
    }

    private static List<String> expectedDifferences(String board) {
        List<String> expected = new ArrayList<>(List.of(
                // Ours is a whole page, of which 8 bytes are registers.
                "serial@10000000 reg",
                // Our cores have other extensions and wider addresses than QEMU's default CPU.
                "cpu@1 riscv,isa",
                "cpu@1 mmu-type"));
        if (board.equals("qemu-riscv64")) {
            expected.add("plic@c000000 riscv,ndev");
        }
        return expected;
    }

    private static DeviceTree qemusTree(String machine, Path directory) throws Exception {
        Path blob = directory.resolve("qemu.dtb");
        Process process = new ProcessBuilder(
                        QEMU,
                        "-M",
                        machine + ",dumpdtb=" + blob,
                        "-m",
                        "1G",
                        "-smp",
                        "2",
                        "-display",
                        "none",
                        "-serial",
                        "none",
                        "-nic",
                        "none")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("qemu.out").toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return FdtReader.read(Files.readAllBytes(blob));
    }

    private static List<String> names(FdtNode node) {
        return node.children().stream().map(FdtNode::name).toList();
    }

    /** Compares what our node says; returns how many properties were compared. */
    private static int compare(
            DeviceTree ours, FdtNode our, DeviceTree theirs, FdtNode their, List<String> differences) {
        int compared = 0;
        for (String property : our.properties().keySet()) {
            // Handles are arbitrary; what firmware adds or QEMU 7.2 misspells is not in its tree; all DMA is coherent
            // on RISC-V.
            if (List.of("phandle", "status", "#msi-cells", "#address-cells", "riscv,delegation", "dma-coherent")
                    .contains(property)) {
                continue;
            }
            compared++;
            if (!meaning(ours, our, property).equals(meaning(theirs, their, property))) {
                differences.add(our.name() + " " + property);
            }
        }
        return compared;
    }

    private static String meaning(DeviceTree tree, FdtNode node, String property) {
        byte[] value = node.property(property);
        if (value == null) {
            return "absent";
        }
        return switch (property) {
            case "interrupts-extended" -> handles(tree, value, 2);
            case "msi-parent", "regmap", "riscv,children" -> handles(tree, value, 1);
            default -> java.util.HexFormat.of().formatHex(value);
        };
    }

    private static String handles(DeviceTree tree, byte[] value, int step) {
        ByteBuffer cells = ByteBuffer.wrap(value);
        StringBuilder text = new StringBuilder();
        for (int n = 0; cells.hasRemaining(); n++) {
            int cell = cells.getInt();
            text.append(n % step == 0 ? path(tree.root(), "", cell) : Integer.toString(cell))
                    .append(' ');
        }
        return text.toString();
    }

    private static String path(FdtNode node, String path, int handle) {
        byte[] own = node.property("phandle");
        if (own != null && ByteBuffer.wrap(own).getInt() == handle) {
            return path + "/" + node.name();
        }
        return node.children().stream()
                .map(child -> path(child, path + "/" + node.name(), handle))
                .filter(found -> !found.isEmpty())
                .findFirst()
                .orElse("");
    }
}
