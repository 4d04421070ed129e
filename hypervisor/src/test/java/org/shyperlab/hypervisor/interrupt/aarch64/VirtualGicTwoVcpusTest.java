package org.shyperlab.hypervisor.interrupt.aarch64;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.emulator.core.CostTable;
import org.shyperlab.emulator.core.InterruptInputs;
import org.shyperlab.emulator.device.gic.GicV2;
import org.shyperlab.emulator.machine.A64Machine;
import org.shyperlab.emulator.machine.MachineSpec;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.emulator.trace.Trace;
import org.shyperlab.hypervisor.TestVcpu;
import org.shyperlab.hypervisor.vcpu.Vcpu;

/** The virtual GIC of two vCPUs on two cores: what one sees and changes of interrupts that the other has, or that are the board's. */
class VirtualGicTwoVcpusTest {
    private static final long GICD = 0x800_0000;
    private static final long GICC = 0x801_0000;
    private static final long GICH = 0x803_0000;
    private static final long GICV = 0x804_0000;
    private static final int SPURIOUS = 1023;
    private static final int SPI = 40;
    private static final int SPI_BIT = 1 << SPI - 32;

    private final A64Machine machine = new A64Machine(
            new MachineSpec("test", 2, 1_000_000_000L, 62_500_000L, 10_000, CostTable.FREE),
            GuestErrors.IGNORE,
            new Trace());
    private final GicV2 hardware = new GicV2(
            "gic",
            64,
            new InterruptInputs[] {machine.interruptInputs(0), machine.interruptInputs(1)},
            GuestErrors.IGNORE);
    private final PhysicalGic[] gics = new PhysicalGic[2];
    private final Vcpu[] vcpus = {new TestVcpu(0, 0), new TestVcpu(1, 1)};
    private final Distributor distributor;
    private final DistributorRegisters registers;

    VirtualGicTwoVcpusTest() {
        machine.bus().attach(hardware.distributor(), GICD);
        machine.bus().attach(hardware.cpuInterface(), GICC);
        machine.bus().attach(hardware.virtualControl(), GICH);
        machine.bus().attach(hardware.virtualCpuInterface(), GICV);
        for (int i = 0; i < 2; i++) {
            gics[i] = new PhysicalGic(machine.core(i), GICD, GICC, GICH);
        }
        distributor = new Distributor(new Router(), new int[] {0, 1}, 96, gics[0].listRegisters());
        registers = new DistributorRegisters(distributor, 0x1000);
        for (int i = 0; i < 2; i++) {
            distributor.cpuInterface(i).owner(vcpus[i]);
            distributor.cpuInterface(i).load(gics[i]);
            machine.core(i).writePhysical(GICV + 4, 4, 0xff);
            machine.core(i).writePhysical(GICV, 4, 1);
        }
        write(0, 0x000, 4, 1);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    /** Every vCPU's core carries out at once what it is asked for. */
    private final class Router implements InterruptRouter {
        @Override
        public void changed(CpuInterface target) {
            target.update();
        }

        @Override
        public PhysicalGic here() {
            return gics[0];
        }

        @Override
        public void route(int physical, CpuInterface target) {
            gics[0].route(physical, 1 << target.core());
        }

        @Override
        public void injected(CpuInterface target, int id) {}
    }

    private void write(int vcpu, int offset, int size, long value) {
        registers.write(vcpus[vcpu], offset, size, value);
    }

    private long read(int vcpu, int offset, int size) {
        return registers.read(vcpus[vcpu], offset, size);
    }

    private int acknowledge(int vcpu) {
        return (int) machine.core(vcpu).readPhysical(GICV + 0xc, 4);
    }

    private void end(int vcpu, int acknowledged) {
        machine.core(vcpu).writePhysical(GICV + 0x10, 4, acknowledged);
    }

    private void raiseAtSecond() {
        write(0, 0x104, 4, SPI_BIT);
        write(0, 0x800 + SPI, 1, 2);
        distributor.setLine(SPI, true);
        assertThat(acknowledge(0)).isEqualTo(SPURIOUS);
        assertThat(acknowledge(1)).isEqualTo(SPI);
    }

    /** Linux waits for this before it frees an interrupt (synchronize_irq): for ever, when it is told what was once. */
    @Test
    void anInterruptThatAnotherVcpuHasEndedIsSeenToBeInactive() {
        raiseAtSecond();
        CpuInterface second = distributor.cpuInterface(1);
        second.requestSync();
        second.update();
        assertThat(read(0, 0x304, 4)).as("GICD_ISACTIVER1").isEqualTo(SPI_BIT);
        distributor.setLine(SPI, false);
        end(1, SPI);
        read(0, 0x304, 4); // asks the other vCPU's core, which answers in its own time
        assertThat(read(0, 0x304, 4)).as("GICD_ISACTIVER1").isZero();
    }

    @Test
    void targetsOfPrivateInterruptsAreTheReaderAndOfOthersWhoExists() {
        assertThat(read(0, 0x800, 4)).isEqualTo(0x0101_0101L);
        assertThat(read(1, 0x81c, 4)).isEqualTo(0x0202_0202L);
        write(0, 0x820, 4, 0xffff_ffffL);
        assertThat(read(1, 0x820, 4)).as("only vCPUs that exist").isEqualTo(0x0303_0303L);
    }

    @Test
    void anInterruptThatAnotherVcpuHasJustTakenIsSeenToBeActive() {
        raiseAtSecond();
        read(0, 0x304, 4);
        assertThat(read(0, 0x304, 4)).as("GICD_ISACTIVER1").isEqualTo(SPI_BIT);
        assertThat(read(1, 0x304, 4)).isEqualTo(SPI_BIT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptThatWaitsForAnotherVcpuIsSeenToBePendingUntilThatTakesItOrSomebodyClearsIt(boolean edge) {
        write(0, 0xc00 + 2 * (SPI / 16) * 2, 4, edge ? 2L << SPI % 16 * 2 : 0);
        write(0, 0x104, 4, SPI_BIT);
        write(0, 0x800 + SPI, 1, 2);
        distributor.setLine(SPI, true);
        assertThat(read(0, 0x204, 4)).as("GICD_ISPENDR1").isEqualTo(SPI_BIT);
        assertThat(read(0, 0x284, 4)).as("GICD_ICPENDR1").isEqualTo(SPI_BIT);
        assertThat(read(1, 0x204, 4)).isEqualTo(SPI_BIT);
        distributor.setLine(SPI, false);
        assertThat(read(0, 0x204, 4)).as("an edge stays, a level goes").isEqualTo(edge ? SPI_BIT : 0);
        distributor.setLine(SPI, true);
        assertThat(acknowledge(1)).isEqualTo(SPI);
        distributor.setLine(SPI, false);
        assertThat(read(0, 0x204, 4)).as("taken").isZero();
        assertThat(read(0, 0x304, 4)).as("GICD_ISACTIVER1").isEqualTo(SPI_BIT);
        end(1, SPI);
        distributor.setLine(SPI, true);
        assertThat(read(0, 0x204, 4)).isEqualTo(SPI_BIT);
        distributor.setLine(SPI, false);
        write(0, 0x284, 4, SPI_BIT);
        assertThat(read(0, 0x204, 4)).as("cleared").isZero();
        assertThat(acknowledge(1)).isEqualTo(SPURIOUS);
    }

    /** IHI 0048B 3.2.4, 4.3.7: the line has no say in what GICD_ISPENDR made pending, acknowledging and GICD_ICPENDR have. */
    @Test
    void aLevelSensitiveInterruptThatSoftwareMadePendingStaysSoUntilItIsTakenOrCleared() {
        write(0, 0x104, 4, SPI_BIT);
        write(0, 0x800 + SPI, 1, 2);
        write(0, 0x204, 4, SPI_BIT);
        distributor.cpuInterface(1).requestSync();
        distributor.cpuInterface(1).update();
        assertThat(read(0, 0x204, 4)).as("GICD_ISPENDR1").isEqualTo(SPI_BIT);
        write(0, 0x800 + SPI, 1, 1);
        assertThat(acknowledge(1)).as("it has moved").isEqualTo(SPURIOUS);
        assertThat(acknowledge(0)).isEqualTo(SPI);
        distributor.cpuInterface(0).requestSync();
        distributor.cpuInterface(0).update();
        assertThat(read(0, 0x204, 4)).as("taken").isZero();
        end(0, SPI);
        distributor.cpuInterface(0).requestSync();
        distributor.cpuInterface(0).update();
        assertThat(acknowledge(0)).as("once").isEqualTo(SPURIOUS);
        write(0, 0x204, 4, SPI_BIT);
        write(0, 0x284, 4, SPI_BIT);
        assertThat(read(0, 0x204, 4)).as("cleared").isZero();
        assertThat(acknowledge(0)).isEqualTo(SPURIOUS);
    }

    @Test
    void aVcpuTakesAnActiveInterruptFromTheOtherByItsRegister() {
        raiseAtSecond();
        distributor.setLine(SPI, false);
        write(0, 0x384, 4, SPI_BIT);
        assertThat(read(0, 0x304, 4)).isZero();
        distributor.setLine(SPI, true);
        write(0, 0x800 + SPI, 1, 1);
        assertThat(acknowledge(0)).isEqualTo(SPI);
    }

    @Test
    void aPendingInterruptMovesToTheVcpuThatItIsRoutedTo() {
        write(0, 0x104, 4, SPI_BIT);
        write(0, 0x800 + SPI, 1, 2);
        distributor.setLine(SPI, true);
        write(0, 0x800 + SPI, 1, 1);
        assertThat(acknowledge(1)).isEqualTo(SPURIOUS);
        assertThat(acknowledge(0)).isEqualTo(SPI);
        write(0, 0x800 + SPI, 1, 0);
        distributor.setLine(SPI, false);
        end(0, SPI);
        distributor.setLine(SPI, true);
        assertThat(acknowledge(0)).as("no target").isEqualTo(SPURIOUS);
        assertThat(acknowledge(1)).as("no target").isEqualTo(SPURIOUS);
    }

    @Test
    void softwareInterruptsGoWhereTheFilterSaysAndTellWhoSentThem() {
        write(0, 0xf00, 4, 0b11 << 16 | 3);
        write(1, 0xf00, 4, 1 << 24 | 3);
        int first = acknowledge(0);
        end(0, first);
        CpuInterface cpu = distributor.cpuInterface(0);
        cpu.requestSync();
        cpu.update();
        int second = acknowledge(0);
        assertThat(new int[] {first, second}).containsExactlyInAnyOrder(3, 1 << 10 | 3);
        assertThat(acknowledge(1)).as("from vCPU 0").isEqualTo(3);
        write(1, 0xf00, 4, 3L << 24 | 0xff << 16 | 4);
        write(1, 0xf00, 4, 0xfc << 16 | 4);
        end(0, second);
        end(1, 3);
        assertThat(acknowledge(0))
                .as("a filter that is reserved, CPUs that do not exist")
                .isEqualTo(SPURIOUS);
        assertThat(acknowledge(1)).isEqualTo(SPURIOUS);
    }

    @Test
    void eachVcpuHasItsOwnPrivateRegistersAndReadsItselfAsTheirTarget() {
        write(0, 0x100, 4, 1 << 30);
        write(0, 0x41e, 1, 0x50);
        assertThat(read(1, 0x100, 4)).isEqualTo(0xffff);
        assertThat(read(1, 0x41e, 1)).isZero();
        assertThat(read(0, 0x800, 4)).isEqualTo(0x0101_0101L);
        assertThat(read(1, 0x800, 4)).isEqualTo(0x0202_0202L);
        write(1, 0xf20, 4, 0xff);
        assertThat(read(1, 0xf10, 4)).as("only vCPUs that exist").isLessThanOrEqualTo(3);
        assertThat(read(0, 0xf10, 4)).isZero();
    }

    /** The board's interrupt comes, and the hypervisor takes it for the guest of core 0. */
    private void take(int id) {
        assertThat(gics[0].acknowledge()).isEqualTo(id);
        gics[0].dropPriority(id);
        distributor.raise(distributor.cpuInterface(0), id);
    }

    /** A level stays pending while its line is high, whatever software writes (IHI 0048B 4.3.8). */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTimerThatStillFiresIsHeardThoughTheGuestClearedItsPendingState(boolean inAListRegister) {
        gics[0].initialiseDistributor();
        gics[0].initialiseCore();
        write(0, 0x100, 4, inAListRegister ? 1 << 27 : 0);
        hardware.ppi(0, 27).set(true);
        take(27);
        assertThat(gics[0].isActive(27)).isTrue();
        write(0, 0x280, 4, 1 << 27);
        assertThat(gics[0].isActive(27)).as("the next one can come").isFalse();
        write(0, 0x100, 4, 1 << 27);
        assertThat(acknowledge(0)).as("not before it comes again").isEqualTo(SPURIOUS);
        take(27);
        assertThat(acknowledge(0)).isEqualTo(27);
    }

    @Test
    void anEdgeOfAPassedThroughDeviceThatTheGuestClearedDoesNotKeepTheNextOneAway() {
        gics[0].initialiseDistributor();
        gics[0].initialiseCore();
        distributor.link(SPI);
        write(0, 0xc08, 4, 2 << 16);
        write(0, 0x800 + SPI, 1, 1);
        write(0, 0x104, 4, SPI_BIT);
        for (int edge = 0; edge < 2; edge++) {
            hardware.spi(SPI - 32).set(true);
            hardware.spi(SPI - 32).set(false);
            take(SPI);
            write(0, 0x284, 4, SPI_BIT);
            assertThat(acknowledge(0)).isEqualTo(SPURIOUS);
        }
    }

    @Test
    void aResetForgetsWhichInterruptsWereEdges() {
        distributor.link(SPI);
        write(0, 0xc04, 4, 0xaaaa_aaaaL);
        write(0, 0xc08, 4, 2 << 16);
        assertThat(gics[0].readDistributor(0xc08, 4)).isEqualTo(2 << 16);
        CpuInterface cpu = distributor.cpuInterface(0);
        cpu.save();
        distributor.reset();
        cpu.reset();
        cpu.load(gics[0]);
        assertThat(read(0, 0xc04, 4)).as("private").isZero();
        assertThat(read(0, 0xc08, 4)).as("shared").isZero();
        assertThat(gics[0].readDistributor(0xc08, 4)).as("the device's own").isZero();
    }
}
