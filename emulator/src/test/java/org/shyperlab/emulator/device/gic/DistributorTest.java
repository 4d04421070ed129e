package org.shyperlab.emulator.device.gic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.shyperlab.emulator.device.gic.GicBench.*;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The registers of the distributor: IHI 0048B 4.3. */
class DistributorTest {
    @ParameterizedTest
    @CsvSource({"1, 0, 0x00", "4, 256, 0x68", "8, 960, 0xfe", "8, 988, 0xff"})
    void typerTellsTheNumberOfLinesAndCores(int cores, int spis, String typer) {
        assertThat(new GicBench(cores, spis).gicd(0, GICD_TYPER)).isEqualTo(Integer.decode(typer));
    }

    @Test
    void identificationSaysArmAndArchitectureVersion2() {
        GicBench gic = new GicBench(1, 32);
        assertThat(gic.gicd(0, 0xfe8) >> 4 & 0xf).as("ICPIDR2.ArchRev").isEqualTo(2);
        assertThat(gic.gicd(0, 0x008) & 0xfff).isEqualTo(0x43b);
        // What Linux looks for before it trusts GICC_DIR to exist.
        assertThat(gic.gicc(0, 0xfc) & 0xff0fff).isEqualTo(0x02043b);
        assertThat(gic.gicv(0, 0xfc) & 0xff0fff).isEqualTo(0x02043b);
        assertThat(new int[] {gic.gicd(0, 0xff0), gic.gicd(0, 0xff4), gic.gicd(0, 0xff8), gic.gicd(0, 0xffc)})
                .containsExactly(0x0d, 0xf0, 0x05, 0xb1);
    }

    @Test
    void sgisAreAlwaysEnabledAndAlwaysEdgeTriggered() {
        GicBench gic = new GicBench(1, 32);
        gic.gicd(0, ICENABLER, -1);
        assertThat(gic.gicd(0, ISENABLER)).isEqualTo(0xffff);
        assertThat(gic.gicd(0, ICFGR)).isEqualTo(0xaaaa_aaaa);
    }

    @Test
    void enablesSetAndClearOnlyTheBitsWritten() {
        GicBench gic = new GicBench(1, 64);
        gic.gicd(0, ISENABLER + 8, 0xf0f0);
        gic.gicd(0, ICENABLER + 8, 0x00f0);
        assertThat(gic.gicd(0, ISENABLER + 8)).isEqualTo(0xf000);
        assertThat(gic.gicd(0, ICENABLER + 8)).isEqualTo(0xf000);
        assertThat(gic.gicd(0, ISENABLER + 4)).isZero();
    }

    @Test
    void prioritiesHaveFiveBitsAndPrivateOnesAreBanked() {
        GicBench gic = new GicBench(2, 32);
        gic.gicd(0, IPRIORITYR + 16, 0xffff_ffff);
        gic.gicd(0, IPRIORITYR + 40, 0x1234_5678);
        assertThat(gic.gicd(0, IPRIORITYR + 16)).isEqualTo(0xf8f8_f8f8);
        assertThat(gic.gicd(1, IPRIORITYR + 16)).isZero();
        assertThat(gic.gicd(1, IPRIORITYR + 40)).isEqualTo(0x1030_5078);
        assertThat(gic.gic.distributor().read(0, IPRIORITYR + 42, 1)).isEqualTo(0x30);
    }

    @Test
    void targetsOfPrivateInterruptsTellACoreItsOwnBit() {
        GicBench gic = new GicBench(4, 32);
        assertThat(gic.gicd(2, ITARGETSR)).isEqualTo(0x0404_0404);
        assertThat(gic.gicd(3, ITARGETSR + 28)).isEqualTo(0x0808_0808);
        gic.gicd(0, ITARGETSR + 32, -1);
        assertThat(gic.gicd(0, ITARGETSR + 32)).as("cores that exist").isEqualTo(0x0f0f_0f0f);
    }

    @Test
    void onAUniprocessorTargetsReadAsZeroAndWritesAreNoMistake() {
        GicBench gic = new GicBench(1, 32);
        gic.gicd(0, ITARGETSR + 32, -1);
        assertThat(gic.gicd(0, ITARGETSR)).isZero();
        assertThat(gic.gicd(0, ITARGETSR + 32)).isZero();
        assertThat(gic.errors.texts()).isEmpty();
    }

    @Test
    void configurationHasOneWritableBitPerInterrupt() {
        GicBench gic = new GicBench(2, 64);
        gic.gicd(0, ICFGR + 4, -1);
        gic.gicd(0, ICFGR + 12, 0xffff_0000);
        assertThat(gic.gicd(0, ICFGR + 4)).isEqualTo(0xaaaa_aaaa);
        assertThat(gic.gicd(1, ICFGR + 4)).as("PPIs are banked").isZero();
        assertThat(gic.gicd(0, ICFGR + 8)).isZero();
        assertThat(gic.gicd(0, ICFGR + 12)).isEqualTo(0xaaaa_0000);
    }

    @Test
    void identifiersFrom1020OnHaveNoState() {
        GicBench gic = new GicBench(1, 988);
        for (int bank : new int[] {IGROUPR, ISENABLER, ISPENDR, ISACTIVER}) {
            gic.gicd(0, bank + 31 * 4, -1);
            assertThat(gic.gicd(0, bank + 31 * 4)).isEqualTo(0x0fff_ffff);
        }
        gic.gicd(0, IPRIORITYR + 1020, -1);
        assertThat(gic.gicd(0, IPRIORITYR + 1020)).isZero();
        assertThat(gic.errors.texts()).hasSize(2);
    }

    @Test
    void theLastInterruptOfAFullGicWorks() {
        GicBench gic = GicBench.ready(8, 988);
        gic.enableShared(1019, 0x80, 1 << 7);
        gic.wire(1019, true);
        assertThat(gic.acknowledge(7)).isEqualTo(1019);
        gic.wire(1019, false);
        gic.end(7, 1019);
        assertThat(gic.pins[7].irq).isFalse();
    }

    @Test
    void sizesThatTheArchitectureDoesNotKnowAreRefusedByName() {
        assertThatThrownBy(() -> new GicBench(9, 32)).hasMessage("gic: a GICv2 serves 1 to 8 cores, not 9");
        assertThatThrownBy(() -> new GicBench(1, 33))
                .hasMessageContaining("multiple of 32")
                .hasMessageContaining("33");
        assertThatThrownBy(() -> new GicBench(1, 992)).hasMessageContaining("992");
        assertThatThrownBy(() -> new GicBench(1, 32).gic.ppi(0, 15)).hasMessageContaining("16 to 31, not 15");
    }

    @Test
    void windowsHaveTheirArchitecturalSizesAndNames() {
        GicV2 gic = new GicBench(1, 32).gic;
        assertThat(gic.distributor().size()).isEqualTo(0x1000);
        assertThat(gic.cpuInterface().size()).isEqualTo(0x2000);
        assertThat(gic.virtualControl().size()).isEqualTo(0x1000);
        assertThat(gic.virtualCpuInterface().size()).isEqualTo(0x2000);
        assertThat(gic.virtualCpuInterface().name()).isEqualTo("gic-vcpu");
    }
}
