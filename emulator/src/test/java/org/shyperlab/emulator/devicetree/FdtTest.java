package org.shyperlab.emulator.devicetree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FdtTest {
    @Test
    void randomTreesSurviveWritingAndReading() throws Exception {
        RandomTrees trees = new RandomTrees(new SplittableRandom(1));
        for (int i = 0; i < 300; i++) {
            byte[] blob = FdtWriter.write(trees.next());
            DeviceTree read = FdtReader.read(blob);
            assertThat(FdtWriter.write(read)).isEqualTo(blob);
        }
    }

    @Test
    void readingGivesBackEveryValue() throws Exception {
        DeviceTree tree = new DeviceTree();
        tree.root().cells("#address-cells", 2);
        FdtNode node = tree.root()
                .add("node@1")
                .strings("compatible", "a,b", "c")
                .flag("dma-coherent")
                .wide("reg", 1, 2);
        tree.reserve(0x4000_0000L, 0x1000);

        DeviceTree read = FdtReader.read(FdtWriter.write(tree));

        assertThat(read.reservations()).containsExactly(new DeviceTree.Reservation(0x4000_0000L, 0x1000));
        FdtNode same = read.find("/node@1");
        assertThat(same).isNotNull();
        assertThat(same.properties()).containsOnlyKeys("compatible", "dma-coherent", "reg");
        assertThat(same.property("compatible")).isEqualTo("a,b\0c\0".getBytes(StandardCharsets.US_ASCII));
        assertThat(same.property("dma-coherent")).isEmpty();
        assertThat(same.property("reg")).isEqualTo(node.property("reg")).hasSize(16);
    }

    @Test
    void propertyNamesAreStoredOnce() {
        DeviceTree tree = new DeviceTree();
        for (int i = 0; i < 100; i++) {
            tree.root().add("n@" + i).flag("a-rather-long-property-name");
        }
        String blob = new String(FdtWriter.write(tree), StandardCharsets.ISO_8859_1);
        assertThat(blob.split("a-rather-long-property-name", -1)).hasSize(2);
    }

    @Test
    void phandlesAreUniqueAndStable() {
        DeviceTree tree = new DeviceTree();
        FdtNode first = tree.root().add("a").cells("phandle", 7);
        FdtNode second = tree.root().add("b");
        DeviceTree same = new DeviceTree(tree.root(), 0);
        assertThat(same.phandle(first)).isEqualTo(7);
        assertThat(same.phandle(second)).isEqualTo(8);
        assertThat(same.phandle(second)).isEqualTo(8);
    }

    @Test
    void dtcAcceptsBlobsAndRebuildsTheSameTreeFromOurText(@TempDir Path directory) throws Exception {
        assumeTrue(Dtc.isInstalled(), "dtc is not installed (Debian package device-tree-compiler)");
        RandomTrees trees = new RandomTrees(new SplittableRandom(2));
        for (int i = 0; i < 20; i++) {
            DeviceTree tree = trees.next();
            byte[] ours = FdtWriter.write(tree);
            byte[] viaBinary = Dtc.convert(directory, "dtb", "dtb", ours);
            byte[] viaText =
                    Dtc.convert(directory, "dts", "dtb", DtsText.render(tree).getBytes(StandardCharsets.US_ASCII));
            assertThat(DtsText.render(FdtReader.read(viaBinary))).isEqualTo(DtsText.render(tree));
            assertThat(DtsText.render(FdtReader.read(viaText))).isEqualTo(DtsText.render(tree));
        }
    }

    @Test
    void textShowsStringsCellsAndBytes() {
        DeviceTree tree = new DeviceTree();
        tree.root()
                .strings("model", "one", "two")
                .cells("#size-cells", 2)
                .bytes("mac", new byte[] {1, 2, (byte) 0xff})
                .flag("on");
        tree.root().add("cpus").add("cpu@0");
        assertThat(DtsText.render(tree)).isEqualTo("""
                /dts-v1/;

                / {
                    model = "one", "two";
                    #size-cells = <0x2>;
                    mac = [01 02 ff];
                    on;

                    cpus {
                        cpu@0 {
                        };
                    };
                };
                """);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0  | 0          | magic number",
                "4  | 0x7fffffff | totalsize",
                "8  | 0x7ffffff0 | structure block",
                "8  | 0x39       | aligned",
                "12 | -4         | strings block",
                "16 | 4          | reservations misplaced",
                "20 | 15         | version",
                "24 | 18         | version",
                "32 | -1         | strings block",
                "36 | 8          | ends in the middle"
            })
    void aWrongHeaderFieldIsNamed(int offset, String value, String message) {
        DeviceTree tree = new DeviceTree();
        tree.root().add("node").cells("reg", 1, 2, 3);
        byte[] blob = FdtWriter.write(tree);
        ByteBuffer.wrap(blob).putInt(offset, Integer.decode(value));
        assertThatThrownBy(() -> FdtReader.read(blob))
                .isInstanceOf(FdtFormatException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("offset 0x");
    }

    @Test
    void everyTruncationIsAnError() {
        byte[] blob = FdtWriter.write(new RandomTrees(new SplittableRandom(3)).next());
        for (int length = 0; length < blob.length; length++) {
            byte[] part = Arrays.copyOf(blob, length);
            assertThatThrownBy(() -> FdtReader.read(part)).isInstanceOf(FdtFormatException.class);
        }
    }

    @Test
    void damagedBlobsAreReadOrRefusedAndNeverBreakTheReader() {
        SplittableRandom random = new SplittableRandom(4);
        RandomTrees trees = new RandomTrees(random);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] blob = FdtWriter.write(trees.next());
            for (int damage = 1 + random.nextInt(4); damage > 0; damage--) {
                blob[random.nextInt(blob.length)] = (byte) random.nextInt();
            }
            try {
                FdtReader.read(blob);
            } catch (FdtFormatException error) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(5_000);
    }

    @Test
    void deepNestingIsRefused() {
        DeviceTree tree = new DeviceTree();
        FdtNode node = tree.root();
        for (int i = 0; i <= FdtReader.MAX_DEPTH; i++) {
            node = node.add("n");
        }
        byte[] blob = FdtWriter.write(tree);
        assertThatThrownBy(() -> FdtReader.read(blob)).hasMessageContaining("nest deeper than 64");
    }

    @Test
    void treesThatCannotBeWrittenAreRefusedWhenBuilt() {
        DeviceTree tree = new DeviceTree();
        tree.root().add("a");
        assertThatThrownBy(() -> tree.root().add("a")).hasMessageContaining("two children named a");
        assertThatThrownBy(() -> tree.root().add("")).hasMessageContaining("only the root");
        assertThatThrownBy(() -> new FdtNode("a/b")).hasMessageContaining("'/'");
        assertThatThrownBy(() -> tree.reserve(0, 0)).hasMessageContaining("end the list");
    }
}
