package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.vm.aarch64.A64Vm;

/** Who runs when on a core that VMs share, and that a core which one VM has to itself notices nothing of it. */
class SchedulingTest {
    private static final int VMS = 3;
    private static final int SLICES = 12;
    private static final long MILLISECOND = TestBoard.MILLISECOND;
    private static final long SLICE = 10 * MILLISECOND;

    @Test
    void threeVmsOnOneCoreTakeTurnsOfTenMilliseconds() {
        try (TestBoard board = new TestBoard(1)) {
            Hypervisor hypervisor = board.boot(spinning("a", 0), spinning("b", 0), spinning("c", 0));
            assertTurns(board::run, vm -> counter(board, hypervisor, vm));
        }
    }

    @Test
    void threeVmsOnOneHartTakeTurnsOfTenMilliseconds() {
        try (RiscvTestBoard board = new RiscvTestBoard(1)
                .boot(
                        RiscvTestBoard.vm("a", 1, 0, false, RiscvGuests.SPIN),
                        RiscvTestBoard.vm("b", 1, 0, false, RiscvGuests.SPIN),
                        RiscvTestBoard.vm("c", 1, 0, false, RiscvGuests.SPIN))) {
            assertTurns(board::run, vm -> board.result(vm, 0));
        }
    }

    private interface Count {
        long of(int vm);
    }

    /** In each slice one VM counts and the others stand still, in a circle; in the end all have counted the same. */
    private static void assertTurns(LongConsumer runUntil, Count count) {
        List<Integer> turns = new ArrayList<>();
        for (int slice = 0; slice < SLICES; slice++) {
            // A turn begins some instructions after the last one's end: these looks leave out a little of both ends.
            runUntil.accept(slice * SLICE + MILLISECOND);
            long[] before = {count.of(0), count.of(1), count.of(2)};
            runUntil.accept((slice + 1) * SLICE - MILLISECOND);
            for (int vm = 0; vm < VMS; vm++) {
                if (count.of(vm) != before[vm]) {
                    turns.add(vm);
                }
            }
        }
        List<Integer> circle = new ArrayList<>();
        for (int slice = 0; slice < SLICES; slice++) {
            circle.add((turns.getFirst() + slice) % VMS);
        }
        assertThat(turns).isEqualTo(circle);
        runUntil.accept(SLICES * SLICE);
        long sum = count.of(0) + count.of(1) + count.of(2);
        for (int vm = 0; vm < VMS; vm++) {
            assertThat((double) count.of(vm) / sum).as("share of VM %d", vm).isBetween(0.333, 0.334);
        }
    }

    @Test
    void aCoreWhoseGuestOwnsItsInterruptsIsNeverEnteredWhileOthersTakeTurns() {
        VmConfig config = TestBoard.config(
                "rt",
                0b10,
                1,
                List.of(new VmConfig.Emulated(
                        "gicd", new MemoryRegion(TestBoard.GICD, 0x1000), 0, List.of(), EmulatedDeviceType.GPPT)),
                List.of(new VmConfig.Passthrough(
                        "gicc", TestBoard.GICC, new MemoryRegion(TestBoard.GICC, 0x2000), List.of(27))));
        try (TestBoard board = new TestBoard(2)) {
            board.boot(spinning("a", 0), spinning("b", 0), spinning("c", 0), TestBoard.setup(config, Guests.SPIN));
            board.run(SLICES * SLICE);
            assertThat(TrapKind.values())
                    .allSatisfy(kind -> assertThat(board.vcpu(3, 0).traps(kind))
                            .as("%s", kind)
                            .isZero());
            assertThat(board.gic.acknowledged(1)).as("interrupts of core 1").isZero();
            assertThat(board.gic.acknowledged(0)).as("ends of slices").isBetween(SLICES - 1L, SLICES + 1L);
        }
    }

    private static long counter(TestBoard board, Hypervisor hypervisor, int vm) {
        long physical = ((A64Vm) hypervisor.vms().get(vm)).memory().physical(0x4010_0000L, 8);
        return board.machine.bus().read(-1, physical, 8);
    }

    private static VmSetup spinning(String name, int core) {
        return TestBoard.setup(TestBoard.vm(name, 1L << core, core, true), Guests.SPIN);
    }
}
