package org.shyperlab.emulator.devicetree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FdtOverlayTest {
    private static final String SOURCE = """
            /dts-v1/;
            /plugin/;
            &{/chosen} { bootargs = "quiet"; };
            &{/soc} {
                clock: clock { #clock-cells = <0>; };
                timer@1000 { clocks = <7 &clock>; status = "okay"; };
            };
            """;

    private static byte[] base() {
        DeviceTree tree = new DeviceTree();
        tree.root().add("chosen").strings("bootargs", "console=hvc0").strings("stdout-path", "/soc/uart");
        FdtNode soc = tree.root().add("soc");
        tree.phandle(soc.add("controller"));
        soc.add("timer@1000").strings("status", "disabled").cells("reg", 0x1000, 4);
        return FdtWriter.write(tree);
    }

    private static byte[] compiled(Path directory, String source) throws Exception {
        assumeTrue(Dtc.isInstalled(), "dtc is not installed (Debian package device-tree-compiler)");
        Path file = Files.writeString(directory.resolve("overlay.dts"), source);
        Path blob = directory.resolve("overlay.dtbo");
        Process dtc = new ProcessBuilder("dtc", "-q", "-I", "dts", "-O", "dtb", "-o", blob.toString(), file.toString())
                .inheritIO()
                .start();
        assertThat(dtc.waitFor()).isZero();
        return Files.readAllBytes(blob);
    }

    private static FdtNode overlay(String path) {
        FdtNode root = new FdtNode("");
        root.add("fragment@0").strings("target-path", path).add("__overlay__").strings("model", "ours");
        return root;
    }

    private static byte[] blob(FdtNode root) {
        return FdtWriter.write(new DeviceTree(root, 0));
    }

    @Test
    void whatDtcCompiledIsLaidOverTheTreeWithPhandlesOfItsOwn(@TempDir Path directory) throws Exception {
        byte[] overlay = compiled(directory, SOURCE);
        assertThat(FdtOverlay.isOverlay(overlay)).isTrue();
        DeviceTree tree = FdtReader.read(FdtOverlay.apply(base(), overlay));
        FdtNode expectedChosen = new FdtNode("chosen").strings("bootargs", "quiet");
        assertThat(tree.find("/chosen").property("bootargs")).isEqualTo(expectedChosen.property("bootargs"));
        assertThat(tree.find("/chosen").property("stdout-path")).isNotNull();
        FdtNode expected = new FdtNode("timer")
                .cells("clocks", 7, 2)
                .cells("reg", 0x1000, 4)
                .strings("status", "okay");
        assertThat(tree.find("/soc/timer@1000").property("clocks")).isEqualTo(expected.property("clocks"));
        assertThat(tree.find("/soc/timer@1000").property("reg")).isEqualTo(expected.property("reg"));
        assertThat(tree.find("/soc/timer@1000").property("status")).isEqualTo(expected.property("status"));
        assertThat(tree.phandle(tree.find("/soc/controller"))).isEqualTo(1);
        assertThat(tree.phandle(tree.find("/soc/clock"))).isEqualTo(2);
    }

    @Test
    void labelsOfTheTreeBelowAreRefusedByName(@TempDir Path directory) throws Exception {
        byte[] overlay = compiled(directory, "/dts-v1/; /plugin/; &uart0 { status = \"okay\"; };");
        assertThatThrownBy(() -> FdtOverlay.apply(base(), overlay))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("labels (uart0)");
    }

    @Test
    void aTargetThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> FdtOverlay.apply(base(), blob(overlay("/soc/nothing"))))
                .hasMessage(
                        "device tree overlay: fragment@0 is for /soc/nothing, and the tree below it has no such node");
    }

    @Test
    void aWholeTreeIsNoOverlayAndNeitherIsAnythingElse() {
        assertThat(FdtOverlay.isOverlay(base())).isFalse();
        assertThat(FdtOverlay.isOverlay(new byte[100])).isFalse();
        assertThat(FdtOverlay.isOverlay(blob(overlay("/")))).isTrue();
    }

    @Test
    void damagedOverlaysAreRefusedOrApplied() throws Exception {
        byte[] sound = blob(overlay("/soc"));
        Random random = new Random(4);
        int applied = 0;
        for (int i = 0; i < 3000; i++) {
            byte[] damaged = sound.clone();
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            if (FdtOverlay.isOverlay(damaged)) {
                try {
                    FdtReader.read(FdtOverlay.apply(base(), damaged));
                    applied++;
                } catch (IllegalArgumentException refused) {
                    assertThat(refused).hasMessageContaining("device tree");
                }
            }
        }
        assertThat(applied).isPositive();
    }
}
