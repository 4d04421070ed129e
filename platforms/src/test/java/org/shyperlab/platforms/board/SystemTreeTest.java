package org.shyperlab.platforms.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shyperlab.emulator.devicetree.DeviceTree;
import org.shyperlab.emulator.devicetree.FdtNode;
import org.shyperlab.emulator.devicetree.FdtWriter;

class SystemTreeTest {
    private final Board board = BoardCatalog.shipped("qemu-aarch64");
    private final DeviceTree tree = SystemTree.ofBoard(
            board,
            4,
            512L << 20,
            new SystemTree.Chosen("console=ttyAMA0", new Region("initrd", 0x4800_0000L, 0x1234), "arm"));

    @Test
    void aNativeSystemSeesTheWholeBoard() {
        assertThat(tree.root().children())
                .extracting(FdtNode::name)
                .contains(
                        "psci",
                        "cpus",
                        "timer",
                        "memory@40000000",
                        "intc@8000000",
                        "pl011@9000000",
                        "pl031@9010000",
                        "pl061@9030000",
                        "gpio-keys",
                        "virtio_mmio@a000000",
                        "virtio_mmio@a003e00",
                        "chosen",
                        "apb-pclk");
        assertThat(wide("/memory@40000000", "reg")).containsExactly(0x4000_0000L, 512L << 20);
        assertThat(wide("/intc@8000000", "reg"))
                .containsExactly(
                        0x800_0000L, 0x1_0000L, 0x801_0000L, 0x1_0000L, 0x803_0000L, 0x1_0000L, 0x804_0000L, 0x1_0000L);
        assertThat(cells("/intc@8000000", "interrupts")).containsExactly(1, 9, 4);
        assertThat(tree.find("/cpus").children()).hasSize(4);
        assertThat(text("/cpus/cpu@3", "enable-method")).isEqualTo("psci\0");
        assertThat(cells("/timer", "interrupts"))
                .containsExactly(1, 13, 0xf08, 1, 14, 0xf08, 1, 11, 0xf08, 1, 10, 0xf08);
        assertThat(cells("/pl011@9000000", "interrupts")).containsExactly(0, 1, 4);
        assertThat(cells("/virtio_mmio@a003e00", "interrupts")).containsExactly(0, 47, 1);
        assertThat(wide("/chosen", "linux,initrd-end")).containsExactly(0x4800_1234L);
        assertThat(text("/chosen", "stdout-path")).isEqualTo("/pl011@9000000\0");
    }

    @Test
    void aGuestSeesOnlyWhatItIsGiven() {
        SystemTree.Guest guest = new SystemTree.Guest(
                2,
                List.of(new Region("ram", 0x5000_0000L, 1 << 28)),
                new SystemTree.Controller.Gic(
                        new Region("gicd", 0x800_0000L, 0x1000), new Region("gicc", 0x801_0000L, 0x2000)),
                List.of(new SystemTree.Visible(board.device("uart0"), 0x900_0000L)),
                List.of(new SystemTree.Virtual(
                        SystemTree.VirtualKind.SHYPER, new Region("s", 0xb00_0000L, 0x2000), 80)),
                0x900_0000L);
        DeviceTree seen = SystemTree.ofGuest(board, guest, new SystemTree.Chosen("", null, null));
        assertThat(seen.root().children())
                .extracting(FdtNode::name)
                .containsExactlyInAnyOrder(
                        "psci",
                        "cpus",
                        "timer",
                        "memory@50000000",
                        "intc@8000000",
                        "pl011@9000000",
                        "shyper@b000000",
                        "apb-pclk",
                        "chosen");
        assertThat(seen.find("/intc@8000000").property("reg")).hasSize(32);
        assertThat(seen.find("/intc@8000000").property("interrupts")).isNull();
        assertThat(seen.find("/chosen").properties()).containsOnlyKeys("stdout-path");
    }

    @Test
    void dtcFindsNothingToWarnAboutInTheBoardsTree(@TempDir Path directory) throws Exception {
        TreeCompiler.assertNoWarnings(FdtWriter.write(tree), directory);
    }

    @Test
    void theDescriptionNamesEveryDeviceAndInterrupt() {
        assertThat(BoardText.describe(board))
                .contains("0x0009000000 .. 0x0009000fff      4 KiB  uart0 (pl011)")
                .contains("INTID           33  SPI  1  uart0 (pl011)")
                .contains("INTID       48..79  SPI 16  virtio (virtio-mmio)")
                .contains("INTID           25  PPI  9  gic maintenance")
                .contains("device-access       0  not charged")
                .contains("/dts-v1/;");
    }

    private long[] wide(String path, String property) {
        ByteBuffer buffer = ByteBuffer.wrap(tree.find(path).property(property));
        long[] values = new long[buffer.remaining() / 8];
        buffer.asLongBuffer().get(values);
        return values;
    }

    private int[] cells(String path, String property) {
        ByteBuffer buffer = ByteBuffer.wrap(tree.find(path).property(property));
        int[] values = new int[buffer.remaining() / 4];
        buffer.asIntBuffer().get(values);
        return values;
    }

    private String text(String path, String property) {
        return new String(tree.find(path).property(property), StandardCharsets.US_ASCII);
    }
}
