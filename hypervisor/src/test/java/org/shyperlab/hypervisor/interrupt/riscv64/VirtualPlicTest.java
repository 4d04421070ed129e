package org.shyperlab.hypervisor.interrupt.riscv64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.plic.Plic;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.hypervisor.TestVcpu;
import org.shyperlab.hypervisor.vcpu.Vcpu;

class VirtualPlicTest {
    private static final long BASE = 0x0c00_0000L;
    private static final int SOURCES = 40;
    private static final int HARTS = 3;
    /** vCPU 0 runs on hart 2, vCPU 1 on hart 0. */
    private static final int[] PLACEMENT = {2, 0};

    private static final int FOREIGN_SOURCE = 7;

    private final boolean[] boardPins = new boolean[HARTS];
    private final boolean[] virtualPins = new boolean[PLACEMENT.length];
    private final AddressSpace bus = new AddressSpace(GuestErrors.IGNORE);
    private final List<String> errors = new ArrayList<>();
    private final Plic board = new Plic("plic", SOURCES, 3, pins(boardPins), GuestErrors.IGNORE);
    private final PhysicalPlic physical = new PhysicalPlic(bus, BASE, SOURCES);
    private final VirtualPlic plic = new VirtualPlic(
            "vm0/plic",
            physical,
            PLACEMENT,
            3,
            (vcpu, high) -> virtualPins[vcpu] = high,
            0x60_0000,
            (core, source, format, arguments) -> errors.add(source + ": " + format.formatted(arguments)));
    private final Vcpu[] vcpus = {new TestVcpu(0, PLACEMENT[0]), new TestVcpu(1, PLACEMENT[1])};

    @BeforeEach
    void boardIsInitialisedAndTheVmOwnsAllButOneSource() {
        bus.attach(board, BASE);
        for (int hart = 0; hart < HARTS; hart++) {
            physical.initialise(hart);
        }
        for (int source = 1; source <= SOURCES; source++) {
            if (source != FOREIGN_SOURCE) {
                plic.link(source);
            }
        }
    }

    private static List<InterruptLine> pins(boolean[] supervisors) {
        List<InterruptLine> lines = new ArrayList<>();
        for (int i = 0; i < supervisors.length; i++) {
            int hart = i;
            lines.add(InterruptLine.UNCONNECTED);
            lines.add(high -> supervisors[hart] = high);
        }
        return lines;
    }

    /** What the hypervisor does on a supervisor external interrupt. */
    private int hypervisorTakesInterrupts() {
        int taken = 0;
        for (int hart = 0; hart < HARTS; hart++) {
            while (boardPins[hart]) {
                plic.raise(physical.claim(hart), hart);
                taken++;
            }
        }
        return taken;
    }

    private void write(int vcpu, long offset, long value) {
        plic.write(vcpus[vcpu], offset, 4, value);
    }

    private int claim(int vcpu) {
        return (int) plic.read(vcpus[vcpu], PlicMap.claim(PlicMap.supervisorContext(vcpu)), 4);
    }

    private void enable(int vcpu, int source) {
        write(vcpu, source * 4L, 1);
        write(vcpu, PlicMap.enable(PlicMap.supervisorContext(vcpu), source), 1L << (source & 31));
    }

    private boolean isEnabledOnTheBoard(int hart, int source) {
        return (board.read(-1, PlicMap.enable(PlicMap.supervisorContext(hart), source), 4) >>> (source & 31) & 1) != 0;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aGuestSeesTheInterruptsThatItWouldSeeOnTheBoardItself(long seed) {
        Random random = new Random(seed);
        boolean[] nativePins = new boolean[PLACEMENT.length];
        Plic bare = new Plic("plic", SOURCES, 3, pins(nativePins), GuestErrors.IGNORE);
        int claims = 0;
        for (int step = 0; step < 20_000; step++) {
            int source = 1 + random.nextInt(SOURCES);
            int vcpu = random.nextInt(PLACEMENT.length);
            int context = PlicMap.supervisorContext(vcpu);
            switch (random.nextInt(8)) {
                case 0, 1 -> {
                    boolean high = random.nextBoolean();
                    if (source != FOREIGN_SOURCE) {
                        board.source(source).set(high);
                        bare.source(source).set(high);
                    }
                }
                case 2 -> both(bare, vcpu, source * 4L, random.nextInt(8));
                case 3 -> both(bare, vcpu, PlicMap.enable(context, source), random.nextInt());
                case 4 -> both(bare, vcpu, PlicMap.CONTEXTS + context * PlicMap.CONTEXT_STRIDE, random.nextInt(8));
                case 5, 6 -> {
                    int expected = (int) bare.read(-1, PlicMap.claim(context), 4);
                    assertThat(claim(vcpu)).as("step %d", step).isEqualTo(expected);
                    claims += expected != 0 ? 1 : 0;
                }
                default -> both(bare, vcpu, PlicMap.claim(context), source);
            }
            hypervisorTakesInterrupts();
            assertThat(virtualPins).as("step %d", step).isEqualTo(nativePins);
        }
        assertThat(claims).isGreaterThan(500);
        assertThat(board.read(-1, FOREIGN_SOURCE * 4L, 4)).isZero();
        for (int hart = 0; hart < HARTS; hart++) {
            assertThat(isEnabledOnTheBoard(hart, FOREIGN_SOURCE)).isFalse();
        }
    }

    private void both(Plic bare, int vcpu, long offset, int value) {
        bare.write(-1, offset, 4, value & 0xffff_ffffL);
        write(vcpu, offset, value & 0xffff_ffffL);
    }

    @Test
    void enablesReachTheHartOfTheVcpuAndOnlyForItsOwnSources() {
        enable(0, 10);
        enable(1, FOREIGN_SOURCE);
        assertThat(isEnabledOnTheBoard(2, 10)).isTrue();
        assertThat(isEnabledOnTheBoard(0, 10)).isFalse();
        assertThat(board.read(-1, 40, 4)).isEqualTo(1);
        assertThat(isEnabledOnTheBoard(0, FOREIGN_SOURCE)).isFalse();
        assertThat(board.read(-1, FOREIGN_SOURCE * 4L, 4)).isZero();
    }

    @Test
    void aLevelThatStaysHighComesAgainOnlyAfterTheGuestHasCompletedIt() {
        enable(0, 10);
        board.source(10).set(true);
        assertThat(hypervisorTakesInterrupts()).isEqualTo(1);
        assertThat(virtualPins).containsExactly(true, false);
        assertThat(claim(0)).isEqualTo(10);
        assertThat(hypervisorTakesInterrupts()).isZero();
        write(0, PlicMap.claim(1), 10);
        assertThat(virtualPins[0]).isFalse();
        assertThat(hypervisorTakesInterrupts()).isEqualTo(1);
        assertThat(virtualPins[0]).isTrue();
    }

    @Test
    void anEmulatedDevicesSourceNeedsNoBoard() {
        enable(1, FOREIGN_SOURCE);
        plic.source(FOREIGN_SOURCE).set(true);
        assertThat(virtualPins).containsExactly(false, true);
        assertThat(claim(1)).isEqualTo(FOREIGN_SOURCE);
        plic.source(FOREIGN_SOURCE).set(false);
        write(1, PlicMap.claim(3), FOREIGN_SOURCE);
        assertThat(virtualPins).containsExactly(false, false);
        assertThat(board.claimed(1)).isZero();
    }

    @Test
    void aSourceThatTheGuestDisabledWhileItWasInFlightIsNotLostToTheBoard() {
        enable(0, 10);
        enable(1, 10);
        board.source(10).set(true);
        hypervisorTakesInterrupts();
        assertThat(claim(1)).isEqualTo(10);
        write(0, PlicMap.enable(1, 10), 0);
        write(1, PlicMap.claim(3), 10);
        assertThat(isEnabledOnTheBoard(2, 10)).isFalse();
        assertThat(hypervisorTakesInterrupts()).isEqualTo(1);
    }

    @Test
    void resetOfTheVmLeavesTheBoardWithoutItsInterrupts() {
        enable(0, 10);
        board.source(10).set(true);
        hypervisorTakesInterrupts();
        plic.reset();
        assertThat(virtualPins).containsExactly(false, false);
        assertThat(isEnabledOnTheBoard(2, 10)).isFalse();
        assertThat(hypervisorTakesInterrupts()).isZero();
        enable(0, 10);
        assertThat(hypervisorTakesInterrupts()).isEqualTo(1);
    }

    @Test
    void accessesThatNoPlicHasAreReportedAndHarmless() {
        write(0, PlicMap.claim(0), 0xffff_ffffL);
        write(0, PlicMap.claim(200), 3);
        plic.write(vcpus[0], 2, 1, 1);
        plic.write(vcpus[0], 0x70_0000, 4, 1);
        assertThat(plic.read(vcpus[0], 0x70_0000, 4)).isZero();
        assertThat(errors).isNotEmpty().allMatch(error -> error.startsWith("vm0/plic: "));
        assertThatThrownBy(() -> plic.link(SOURCES + 1)).hasMessageContaining("has sources 1 to 40, not 41");
    }
}
