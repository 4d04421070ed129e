package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.memory.OutOfHypervisorMemory;
import org.shyperlab.hypervisor.vcpu.VcpuState;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmBuilder;
import org.shyperlab.hypervisor.vm.VmControl;
import org.shyperlab.hypervisor.vm.VmState;

/** VMs that come and go while the machine runs, ordered from outside. */
class VmLifeTest {
    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "riscv64-aia"})
    void aVmIsMadeBootedPausedResumedResetStoppedAndRemovedWhileAnotherRuns(String architecture) {
        try (LifeBoard board = LifeBoard.of(architecture)) {
            Hypervisor hypervisor = board.boot(board.counting("first", 1, 0));
            VmControl control = hypervisor.control();
            board.run(1);
            VmBuilder.Ledger before = control.ledger();

            Vm vm = control.create(board.counting("second", 0b0110, 2));
            assertThat(vm.id()).isEqualTo(1);
            assertThat(vm.state()).isEqualTo(VmState.INACTIVE);
            board.run(1);
            assertThat(board.count(vm)).as("not booted").isZero();

            assertThat(control.boot(vm)).isTrue();
            board.run(2);
            assertThat(vm.state()).isEqualTo(VmState.ACTIVE);
            assertThat(board.count(vm)).isGreaterThan(1000);
            assertThat(control.boot(vm)).as("it runs").isFalse();

            assertThat(control.pause(vm)).isTrue();
            board.run(1);
            long paused = board.count(vm);
            board.run(5);
            assertThat(board.count(vm)).as("paused").isEqualTo(paused);
            assertThat(control.pause(vm)).as("it is paused").isFalse();
            assertThat(control.resume(vm)).isTrue();
            board.run(2);
            assertThat(board.count(vm)).isGreaterThan(paused);
            assertThat(control.resume(vm)).as("it runs").isFalse();

            long beforeReset = board.count(vm);
            assertThat(control.reset(vm)).isTrue();
            board.run(1);
            assertThat(vm.state()).isEqualTo(VmState.ACTIVE);
            assertThat(board.count(vm)).as("counts from zero again").isLessThan(beforeReset);

            assertThat(control.stop(vm)).isTrue();
            board.run(1);
            assertThat(vm.state()).isEqualTo(VmState.OFF);
            long stopped = board.count(vm);
            board.run(1);
            assertThat(board.count(vm)).isEqualTo(stopped);
            assertThat(control.boot(vm)).as("a VM that is off boots again").isTrue();
            board.run(1);
            assertThat(board.count(vm)).isPositive();

            control.remove(vm);
            board.run(1);
            assertThat(control.find(1)).isNull();
            assertThat(control.ledger()).isEqualTo(before);
            long first = board.count(control.vms().get(0));
            board.run(1);
            assertThat(board.count(control.vms().get(0)))
                    .as("the other one runs on")
                    .isGreaterThan(first);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "riscv64-aia"})
    void ordersThatAreTakenBackBeforeTheCoreHearsThemDoNotPushOthersOut(String architecture) {
        try (LifeBoard board = LifeBoard.of(architecture)) {
            VmControl control = board.boot(board.counting("first", 1, 0), board.counting("second", 2, 1))
                    .control();
            Vm second = control.vms().get(1);
            board.run(1);
            for (int i = 0; i < 3; i++) {
                control.pause(second);
                control.resume(second);
            }
            control.stop(second);
            board.run(1);
            assertThat(second.isStill()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "riscv64-aia"})
    void timeStandsStillForAPausedVm(String architecture) {
        try (LifeBoard board = LifeBoard.of(architecture)) {
            VmControl control = board.boot(board.counting("first", 1, 0), board.ticking("clock", 1))
                    .control();
            Vm clock = control.vms().get(1);
            board.run(20);
            long ticks = board.count(clock);
            assertThat(ticks).isBetween(18L, 20L);
            control.pause(clock);
            board.run(50);
            assertThat(board.count(clock)).isBetween(ticks, ticks + 1);
            control.resume(clock);
            board.run(20);
            assertThat(board.count(clock)).isBetween(ticks + 19, ticks + 22);
        }
    }

    @Test
    void aVmThatOwnsItsInterruptsIsPausedResumedAndStoppedThoughItsCoreHearsNoIpi() {
        try (LifeBoard.A64 board = new LifeBoard.A64()) {
            VmControl control = board.boot(
                            board.counting("first", 1, 0), board.ownTicking("asleep", 1), board.ownCounting("awake", 2))
                    .control();
            VmBuilder.Ledger all = control.ledger();
            board.run(20);
            for (Vm vm : List.of(control.vms().get(1), control.vms().get(2))) {
                assertThat(board.count(vm)).as("%s runs", vm).isGreaterThan(15);
                control.pause(vm);
                board.run(2);
                assertThat(vm.vcpus().get(0).state()).isEqualTo(VcpuState.PAUSED);
                long count = board.count(vm);
                board.run(10);
                assertThat(board.count(vm)).as("%s stands still", vm).isEqualTo(count);
                control.resume(vm);
                board.run(20);
                assertThat(board.count(vm)).as("%s goes on", vm).isGreaterThan(count + 15);
                control.reset(vm);
                board.run(20);
                assertThat(board.count(vm)).as("%s starts over", vm).isGreaterThan(15);
                control.stop(vm);
                board.run(2);
                assertThat(vm.state()).isEqualTo(VmState.OFF);
                assertThat(vm.vcpus().get(0).state()).isEqualTo(VcpuState.OFF);
            }
            assertThat(control.ledger()).isEqualTo(all);
            control.remove(control.vms().get(1));
            control.remove(control.vms().get(1));
            assertThat(control.ledger().vcpus()).containsExactly(1, 0, 0, 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "riscv64-aia"})
    void aVmThatDoesNotFitLeavesNothingBehind(String architecture) {
        try (LifeBoard board = LifeBoard.of(architecture)) {
            VmControl control = board.boot(board.counting("first", 1, 0)).control();
            VmBuilder.Ledger before = control.ledger();
            VmSetup small = board.counting("large", 0b10, 1);
            VmConfig config = small.config();
            MemoryRegion ram = config.memory().get(0);
            VmConfig large = new VmConfig(
                    config.name(),
                    config.type(),
                    config.commandLine(),
                    config.image(),
                    List.of(ram, new MemoryRegion(0x10_0000_0000L, 1L << 30)),
                    config.cpu(),
                    config.emulated(),
                    config.passthrough(),
                    config.deviceTree());
            assertThatThrownBy(() -> control.create(new VmSetup(large, small.images())))
                    .isInstanceOf(OutOfHypervisorMemory.class);
            assertThat(control.ledger()).isEqualTo(before);
            assertThat(control.vms()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "aarch64, 1",
        "aarch64, 2",
        "aarch64, 3",
        "riscv64, 1",
        "riscv64, 2",
        "riscv64, 3",
        "riscv64-aia, 1",
        "riscv64-aia, 2"
    })
    void whateverTheOrderOfOrdersEveryVmObeysAndTheLedgerIsEmptyAtTheEnd(String architecture, int seed) {
        Random random = new Random(seed);
        try (LifeBoard board = LifeBoard.of(architecture)) {
            VmControl control = board.boot(board.counting("first", 1, 0)).control();
            board.run(1);
            VmBuilder.Ledger before = control.ledger();
            for (int step = 0; step < 150; step++) {
                order(random, board, control);
                if (random.nextInt(3) > 0) {
                    board.runCycles(random.nextInt(400_000));
                }
                assertThat(control.vms()).extracting(Vm::id).isSorted().doesNotHaveDuplicates();
            }
            board.run(30);
            for (Vm vm : control.vms()) {
                assertObeys(board, vm);
            }
            for (Vm vm : new ArrayList<>(control.vms())) {
                if (vm.id() != 0) {
                    control.remove(vm);
                }
            }
            board.run(30);
            assertThat(control.vms()).hasSize(1);
            assertThat(control.ledger()).isEqualTo(before);
        }
    }

    private static void order(Random random, LifeBoard board, VmControl control) {
        int known = control.vms().size();
        if (known < 5 && random.nextInt(3) == 0) {
            int master = random.nextInt(4);
            int cores = 1 << master | random.nextInt(16);
            control.create(random.nextBoolean() ? board.counting("vm", cores, master) : board.ticking("vm", master));
            return;
        }
        if (known == 1) {
            return;
        }
        Vm vm = control.vms().get(1 + random.nextInt(known - 1));
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> control.boot(vm);
            case 3 -> control.pause(vm);
            case 4 -> control.resume(vm);
            case 5 -> control.reset(vm);
            case 6 -> control.stop(vm);
            default -> control.remove(vm);
        }
    }

    private static void assertObeys(LifeBoard board, Vm vm) {
        long count = board.count(vm);
        board.run(60);
        switch (vm.state()) {
            case ACTIVE -> assertThat(board.count(vm)).as("%s runs", vm).isGreaterThan(count);
            case PAUSED -> {
                assertThat(board.count(vm)).as("%s stands still", vm).isEqualTo(count);
                assertThat(vm.vcpus().get(0).state()).isEqualTo(VcpuState.PAUSED);
            }
            case OFF, INACTIVE ->
                assertThat(vm.vcpus())
                        .allSatisfy(vcpu -> assertThat(vcpu.state()).isEqualTo(VcpuState.OFF));
            default -> throw new AssertionError(vm + " is " + vm.state());
        }
    }
}
