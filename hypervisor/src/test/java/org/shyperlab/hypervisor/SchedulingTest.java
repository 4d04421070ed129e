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
import org.shyperlab.hypervisor.vm.Vm;
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
        try (TestBoard board = new TestBoard(2)) {
            board.boot(spinning("a", 0), spinning("b", 0), spinning("c", 0), TestBoard.realTime(Guests.SPIN));
            board.run(SLICES * SLICE);
            assertThat(TrapKind.values())
                    .allSatisfy(kind -> assertThat(board.vcpu(3, 0).traps(kind))
                            .as("%s", kind)
                            .isZero());
            assertThat(board.gic.acknowledged(1)).as("interrupts of core 1").isZero();
            assertThat(board.gic.acknowledged(0)).as("ends of slices").isBetween(SLICES - 1L, SLICES + 1L);
        }
    }

    /** A task runs on the core whose guest asks for it, or whose daemon is done with the one before: these trap anyhow. */
    @Test
    void noTaskOfAMediatedDiskRunsOnACoreWhoseGuestOwnsItsInterrupts() {
        try (TestBoard board = new TestBoard(3)) {
            Hypervisor hypervisor = board.boot(
                    TestBoard.setup(TestBoard.vm("mvm", 1, 0, true), MediatedGuests.DAEMON),
                    TestBoard.realTime(Guests.TICKS));
            board.run(MILLISECOND);
            VmConfig plain = TestBoard.vm("writer", 0b100, 2, true);
            List<VmConfig.Emulated> devices = new ArrayList<>(plain.emulated());
            devices.add(new VmConfig.Emulated(
                    "disk",
                    new MemoryRegion(0x0a00_0000L, 0x1000),
                    48,
                    List.of(0L, 0L),
                    EmulatedDeviceType.VIRTIO_BLK_MEDIATED));
            Vm writer = hypervisor
                    .control()
                    .create(TestBoard.setup(
                            TestBoard.config("writer", 0b100, 2, devices, plain.passthrough()), MediatedGuests.WRITER));
            assertThat(hypervisor.control().boot(writer)).isTrue();
            board.run(50 * MILLISECOND + MILLISECOND / 2);

            long written = counter(board, hypervisor, 2);
            assertThat(written).isGreaterThan(1000);
            assertThat(counter(board, hypervisor, 0))
                    .as("each write is followed by a flush: the writer does not know FLUSH (virtio 1.2, 5.2.6.2)")
                    .isBetween(2 * written, 2 * written + 2);
            assertThat(counter(board, hypervisor, 1)).as("ticks of its timer").isEqualTo(50);
            assertThat(board.vcpu(1, 0).recentTraps().entries())
                    .as("GICD_CTLR and GICD_ISENABLER0, at its start")
                    .hasSize(2)
                    .allSatisfy(trap -> assertThat(trap.kind()).isEqualTo(TrapKind.DATA_ABORT));
            assertThat(board.gic.acknowledged(1)).as("by the guest: its ticks").isEqualTo(50);
            assertThat(board.failures).isEmpty();
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
