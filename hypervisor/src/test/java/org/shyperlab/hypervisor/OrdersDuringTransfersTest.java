package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.hypervisor.code.VirtioCode;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.net.VirtualSwitch;
import org.shyperlab.hypervisor.vm.SharedMemory;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmBuilder;
import org.shyperlab.hypervisor.vm.VmControl;
import org.shyperlab.hypervisor.vm.VmState;

/**
 * VMs that are paused, resumed, reset, stopped and removed in any order while something of theirs is with others: a request with the
 * daemon of their disk, messages and memory with another VM, frames in the switch. Whoever is left works on, and nothing is lost.
 */
class OrdersDuringTransfersTest {
    private static final int ORDERS = 25;
    private static final int FIRST = 1;
    private static final int SECOND = 2;
    private static final int NO_NIC = -1;
    private static final int SLICE = 20_000;

    /** More than the tenth of a second that a sender waits for a receiver. */
    private static final int LONG_ENOUGH = 150_000_000 / SLICE;

    /** A machine under a storm of orders. */
    private record Storm(LifeBoard board, VmControl control, Random random) {
        Vm vm(int id) {
            return Objects.requireNonNull(control.find(id));
        }

        void add(int id, VmSetup setup) {
            assertThat(control.boot(control.create(id, setup))).isTrue();
        }

        /** Lets it run until VM {@code id} is at work and in the middle of something; brings it back to life before, if need be. */
        void untilBusy(int id, VmSetup setup, Predicate<Vm> busy) {
            for (int slice = 0; slice < LONG_ENOUGH; slice++) {
                Vm vm = control.find(id);
                if (vm == null) {
                    add(id, setup);
                } else if (vm.state() == VmState.PAUSED) {
                    control.resume(vm);
                } else if (!vm.state().isAlive()) {
                    control.boot(vm);
                } else if (vm.state() == VmState.ACTIVE && busy.test(vm)) {
                    return;
                }
                board.runCycles(1 + random.nextInt(2 * SLICE)); // no rhythm that the guests could keep
            }
            throw new AssertionError("VM %d never gets into the middle of something: %s, %s"
                    .formatted(id, control.find(id), board.failures()));
        }

        void order(int id) {
            Vm vm = vm(id);
            if (random.nextInt(3) == 0) {
                assertThat(control.pause(vm)).isTrue();
                board.runCycles(random.nextInt(200_000));
            }
            switch (random.nextInt(5)) {
                case 0 -> control.resume(vm);
                case 1 -> control.reset(vm);
                case 2 -> control.stop(vm);
                case 3 -> control.remove(vm);
                default -> {
                    control.stop(vm);
                    control.boot(vm); // refused, unless it stopped at once
                }
            }
            if (random.nextBoolean()) {
                board.runCycles(random.nextInt(200_000));
            }
        }

        void remove(int id) {
            Vm vm = control.find(id);
            if (vm != null) {
                control.remove(vm);
            }
            board.run(1);
            assertThat(control.find(id)).isNull();
        }

        void assertCounts(int id) {
            long before = board.count(vm(id));
            board.run(5);
            assertThat(board.count(vm(id))).as("%s counts", vm(id)).isGreaterThan(before);
        }
    }

    private static VmSetup mediated(LifeBoard board, String name, int core) {
        VmSetup plain = board.guest(name, 1L << core, core, TransferProgram.diskUser(board));
        List<VmConfig.Emulated> devices = new ArrayList<>(plain.config().emulated());
        devices.add(new VmConfig.Emulated(
                "disk",
                new MemoryRegion(board.diskAddress(), 0x1000),
                board.diskInterrupt(),
                List.of(0L, 0L),
                EmulatedDeviceType.VIRTIO_BLK_MEDIATED));
        return LifeBoard.with(plain, devices);
    }

    private static boolean hasRequest(LifeBoard board, Vm vm) {
        long page = vm.config().memory().getFirst().base() + TransferProgram.DISK_RING;
        long available = board.word(vm, page + VirtioCode.AVAILABLE) >>> 16 & 0xffff;
        long used = board.word(vm, page + VirtioCode.USED) >>> 16 & 0xffff;
        return available != used;
    }

    @ParameterizedTest
    @CsvSource({"aarch64, 1", "aarch64, 2", "riscv64, 1", "riscv64, 2", "riscv64-aia, 1"})
    void whileARequestIsWithTheDaemonOfAMediatedDisk(String architecture, int seed) {
        try (LifeBoard board = LifeBoard.of(architecture)) {
            VmControl control = board.boot(board.guest("daemon", 1, 0, TransferProgram.daemon(board, 2)))
                    .control();
            Storm storm = new Storm(board, control, new Random(seed));
            board.run(1);
            storm.add(FIRST, mediated(board, "steady", 1));
            VmBuilder.Ledger before = control.ledger();
            VmSetup setup = mediated(board, "tossed", 2);
            for (int i = 0; i < ORDERS; i++) {
                storm.untilBusy(SECOND, setup, vm -> hasRequest(board, vm));
                storm.order(SECOND);
            }
            storm.remove(SECOND);
            assertThat(control.ledger()).isEqualTo(before);
            storm.assertCounts(FIRST);
            storm.add(SECOND, setup);
            board.run(2);
            storm.assertCounts(SECOND);
            for (int id : new int[] {FIRST, SECOND}) {
                long ram = storm.vm(id).config().memory().getFirst().base();
                assertThat(board.word(storm.vm(id), ram + LifeBoard.COUNTER + TransferProgram.WRONG))
                        .as("requests of VM %d that failed", id)
                        .isZero();
            }
            assertThat(board.failures()).isEmpty();
        }
    }

    private static boolean hasUnreadMessages(LifeBoard board, Vm listener) {
        long ram = listener.config().memory().getFirst().base();
        return board.word(listener, ram + IvcProgram.RING_COUNTER) > board.count(listener);
    }

    /** Both see the same memory. */
    private static boolean isShared(VmControl control) {
        Vm ringer = control.find(FIRST);
        Vm listener = control.find(SECOND);
        if (ringer == null || listener == null) {
            return false;
        }
        long memory = ringer.memory().physical(SharedMemory.BASE, 8);
        return memory >= 0 && listener.memory().physical(SharedMemory.BASE, 8) == memory;
    }

    @ParameterizedTest
    @CsvSource({"aarch64, 1", "aarch64, 2", "riscv64, 3", "riscv64-aia, 4"})
    void whileMessagesWaitAndMemoryIsShared(String architecture, int seed) {
        int forEver = 1_000_000;
        int times = 20;
        try (LifeBoard board = LifeBoard.of(architecture)) {
            board.connectDevices();
            VmControl control = board.boot(board.counting("manager", 1, 0)).control();
            Storm storm = new Storm(board, control, new Random(seed));
            board.run(1);
            VmBuilder.Ledger before = control.ledger();
            VmSetup ringer = board.equipped("ringer", 2, 1, NO_NIC, IvcProgram.ringer(board, SECOND, forEver));
            VmSetup listener = board.equipped("listener", 4, 2, NO_NIC, IvcProgram.listener(board, FIRST, forEver));
            for (int i = 0; i < ORDERS; i++) {
                storm.untilBusy(SECOND, listener, vm -> true);
                storm.untilBusy(FIRST, ringer, vm -> true);
                if (!isShared(control)) {
                    // A listener maps what it is told of when it begins, and a ringer tells when it begins; what
                    // somebody is told
                    // while he goes down is lost. So the one begins when the other has ended.
                    control.stop(storm.vm(FIRST));
                    board.runCycles(SLICE);
                    assertThat(storm.vm(FIRST).isStill()).isTrue();
                    control.reset(storm.vm(SECOND));
                    storm.untilBusy(SECOND, listener, vm -> true);
                    storm.untilBusy(FIRST, ringer, vm -> true);
                }
                storm.untilBusy(SECOND, listener, vm -> isShared(control) && hasUnreadMessages(board, vm));
                storm.order(storm.random.nextBoolean() ? FIRST : SECOND);
            }
            storm.remove(FIRST);
            storm.remove(SECOND);
            assertThat(control.ledger()).isEqualTo(before);

            storm.add(FIRST, board.equipped("ringer", 2, 1, NO_NIC, IvcProgram.ringer(board, SECOND, times)));
            storm.add(SECOND, board.equipped("listener", 4, 2, NO_NIC, IvcProgram.listener(board, FIRST, times)));
            board.run(3);
            assertThat(board.count(storm.vm(FIRST))).as("rings").isEqualTo(times);
            assertThat(IvcOnAMachineTest.second(board, storm.vm(SECOND)))
                    .as("what the listener heard")
                    .isEqualTo(IvcOnAMachineTest.rings(times));
            storm.assertCounts(0);
            assertThat(board.failures()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"aarch64, 1", "riscv64, 2", "riscv64-aia, 3"})
    void whileFramesWaitForAReceiverWithoutBuffers(String architecture, int seed) {
        try (LifeBoard board = LifeBoard.of(architecture)) {
            VirtualSwitch network = board.connectDevices();
            VmControl control = board.boot(board.counting("manager", 1, 0)).control();
            Storm storm = new Storm(board, control, new Random(seed));
            board.run(1);
            storm.add(FIRST, board.equipped("sender", 2, 1, FIRST, TransferProgram.sender(board, FIRST, SECOND)));
            VmBuilder.Ledger before = control.ledger();
            VmSetup deaf = board.equipped("deaf", 4, 2, SECOND, TransferProgram.deaf(board));
            for (int i = 0; i < ORDERS; i++) {
                storm.untilBusy(
                        SECOND,
                        deaf,
                        vm -> network.ports().stream().anyMatch(port -> port.owner() == SECOND && port.queued() > 0));
                storm.order(SECOND);
            }
            storm.remove(SECOND);
            assertThat(control.ledger()).isEqualTo(before);
            storm.assertCounts(FIRST);
            storm.add(SECOND, board.equipped("hearing", 4, 2, SECOND, TransferProgram.hearing(board)));
            board.run(2);
            storm.assertCounts(SECOND);
            storm.assertCounts(FIRST);
            assertThat(board.failures()).isEmpty();
        }
    }
}
