package org.shyperlab.platforms.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.devicetree.DeviceTree;
import org.shyperlab.emulator.devicetree.FdtNode;

/** The device trees of VMs on RISC-V boards: what the VM has, and nothing else of the board. */
class RiscvGuestTreeTest {
    private static final Region PLIC = new Region("PLIC", 0xc00_0000L, 0x60_0000);
    private static final Region APLIC = new Region("APLIC", 0xd00_0000L, 0x8000);

    private static DeviceTree tree(String name, SystemTree.Controller controller) {
        Board board = BoardCatalog.shipped(name);
        SystemTree.Guest guest = new SystemTree.Guest(
                3,
                List.of(new Region("ram", 0x8000_0000L, 1 << 30)),
                controller,
                List.of(new SystemTree.Visible(board.device("uart0"), 0x1000_0000L)),
                List.of(),
                0x1000_0000L);
        return SystemTree.ofGuest(board, guest, new SystemTree.Chosen("console=ttyS0", null, "riscv"));
    }

    private static List<String> names(FdtNode node) {
        return node.children().stream().map(FdtNode::name).toList();
    }

    private static String text(DeviceTree tree, String path, String property) {
        return new String(tree.find(path).property(property), StandardCharsets.US_ASCII).replace("\0", "");
    }

    private static long[] wide(DeviceTree tree, String path, String property) {
        ByteBuffer buffer = ByteBuffer.wrap(tree.find(path).property(property));
        long[] values = new long[buffer.remaining() / 8];
        buffer.asLongBuffer().get(values);
        return values;
    }

    @Test
    void aVmWithAPlicSeesItAndItsDevices() {
        DeviceTree tree = tree("qemu-riscv64", new SystemTree.Controller.Plic(PLIC));
        assertThat(names(tree.root())).containsExactlyInAnyOrder("cpus", "memory@80000000", "soc", "chosen");
        assertThat(names(tree.find("/soc"))).containsExactlyInAnyOrder("plic@c000000", "serial@10000000");
        assertThat(wide(tree, "/soc/plic@c000000", "reg")).containsExactly(PLIC.base(), PLIC.size());
        assertThat(tree.find("/soc/plic@c000000").property("interrupts-extended"))
                .as("two contexts for each of three harts")
                .hasSize(3 * 2 * 8);
        assertThat(text(tree, "/chosen", "stdout-path")).isEqualTo("/soc/serial@10000000");
    }

    @Test
    void itsHartsHaveNeitherTheHypervisorExtensionNorThoseOfMachineMode() {
        assertThat(text(tree("qemu-riscv64", new SystemTree.Controller.Plic(PLIC)), "/cpus/cpu@2", "riscv,isa"))
                .isEqualTo("rv64imafdc_zicntr_zicsr_zifencei_sstc");
        DeviceTree advanced = tree("qemu-riscv64-aia", new SystemTree.Controller.Aplic(APLIC, 0x2800_0000L));
        assertThat(text(advanced, "/cpus/cpu@2", "riscv,isa")).isEqualTo("rv64imafdc_zicntr_zicsr_zifencei_ssaia_sstc");
    }

    @Test
    void aVmWithAnAplicSeesTheFilesOfItsHartsAsFarApartAsTheBoardsAre() {
        DeviceTree tree = tree("qemu-riscv64-aia", new SystemTree.Controller.Aplic(APLIC, 0x3000_0000L));
        assertThat(names(tree.find("/soc")))
                .containsExactlyInAnyOrder("imsics@30000000", "aplic@d000000", "serial@10000000");
        assertThat(wide(tree, "/soc/imsics@30000000", "reg")).containsExactly(0x3000_0000L, 3 * 0x4000L);
        assertThat(tree.find("/soc/imsics@30000000").property("riscv,guest-index-bits"))
                .containsExactly(0, 0, 0, 2);
        assertThat(tree.find("/soc/aplic@d000000").property("riscv,children")).isNull();
        assertThat(tree.find("/soc/serial@10000000").property("interrupts")).containsExactly(0, 0, 0, 10, 0, 0, 0, 4);
    }

    @Test
    void aControllerOfAnotherBoardIsAnError() {
        SystemTree.Controller other = new SystemTree.Controller.Aplic(APLIC, 0x2800_0000L);
        assertThatThrownBy(() -> tree("qemu-riscv64", other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("qemu-riscv64 cannot have Aplic");
    }
}
