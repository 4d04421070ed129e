package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.hypervisor.hypercall.Hypercall;
import org.shyperlab.hypervisor.hypercall.HypercallError;
import org.shyperlab.hypervisor.hypercall.HypercallGroup;
import org.shyperlab.hypervisor.hypercall.RandomArguments;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmBuilder;
import org.shyperlab.hypervisor.vm.VmControl;
import org.shyperlab.hypervisor.vm.VmState;

/** Random hypercalls with random arguments, between turns of a machine on which the VMs run. */
class HypercallsOnAMachineTest {
    private static final int CALLS = 20_000;
    private static final int CALLS_BETWEEN_TURNS = 500;

    private static long call(Hypervisor hypervisor, Vm caller, Random random, Hypercall call) {
        MemoryRegion ram = caller.config().memory().get(0);
        // The upper half: message rings over the caller's own code would end it.
        int half = (int) ram.length() / 2;
        long[] arguments = RandomArguments.of(random, call, ram.base() + half, half);
        System.arraycopy(arguments, 0, hypervisor.hypercalls().arguments(), 0, arguments.length);
        return hypervisor.hypercalls().call(caller.id(), call.code());
    }

    private static Hypercall any(Random random) {
        Hypercall[] all = Hypercall.values();
        return all[random.nextInt(all.length)];
    }

    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "riscv64-aia"})
    void aGuestsCallsNeitherThrowNorStopNorChangeAnotherVmAndItLeavesNothingBehind(String architecture) {
        try (LifeBoard board = LifeBoard.of(architecture)) {
            Hypervisor hypervisor = board.boot(board.counting("manager", 1, 0), board.counting("victim", 2, 1));
            VmControl control = hypervisor.control();
            board.run(1);
            VmBuilder.Ledger before = control.ledger();
            Vm hostile = control.create(board.counting("hostile", 4, 2));
            control.boot(hostile);
            Random random = new Random(7);
            int worked = 0;
            for (int i = 0; i < CALLS; i++) {
                worked += call(hypervisor, hostile, random, any(random)) >= 0 ? 1 : 0;
                if (i % CALLS_BETWEEN_TURNS == 0) {
                    long manager = board.count(control.vms().get(0));
                    long victim = board.count(control.vms().get(1));
                    board.run(1);
                    assertThat(board.count(control.vms().get(0))).isGreaterThan(manager);
                    assertThat(board.count(control.vms().get(1))).isGreaterThan(victim);
                    control.boot(hostile);
                }
            }
            assertThat(worked).isPositive();
            assertThat(control.vms())
                    .hasSize(3)
                    .filteredOn(vm -> vm != hostile)
                    .allSatisfy(vm -> assertThat(vm.state()).isEqualTo(VmState.ACTIVE));
            control.remove(hostile);
            board.run(1);
            assertThat(control.ledger()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "riscv64-aia"})
    void theManagementVmsCallsNeverThrowAndWhatTheyTookComesBackWhenAllVmsAreRemoved(String architecture) {
        try (LifeBoard board = LifeBoard.of(architecture)) {
            Hypervisor hypervisor = board.boot(board.counting("manager", 1, 0));
            VmControl control = hypervisor.control();
            board.run(1);
            VmBuilder.Ledger before = control.ledger();
            Vm manager = control.vms().get(0);
            Random random = new Random(8);
            for (int i = 0; i < CALLS; i++) {
                Hypercall call = any(random);
                if (call.group() == HypercallGroup.SYS || endsTheBoard(call) || sharesMemory(call)) {
                    continue;
                }
                if (control.vms().size() < 3 && i % 100 == 0) {
                    control.boot(control.create(board.counting("vm" + i, 2, 1)));
                }
                assertThat(call(hypervisor, manager, random, call))
                        .isGreaterThanOrEqualTo(HypercallError.UNKNOWN_CALL.code());
                if (i % CALLS_BETWEEN_TURNS == 0) {
                    board.run(1);
                }
            }
            for (Vm vm : List.copyOf(control.vms())) {
                if (vm != manager) {
                    control.remove(vm);
                }
            }
            board.run(1);
            assertThat(manager.state()).isEqualTo(VmState.ACTIVE);
            assertThat(control.vms()).containsExactly(manager);
            assertThat(control.ledger()).isEqualTo(before);
        }
    }

    /** The management VM may end itself, and the board with it. */
    private static boolean endsTheBoard(Hypercall call) {
        return call == Hypercall.SHUTDOWN_VM || call == Hypercall.REBOOT_VM;
    }

    /** What the management VM shares stays with it. */
    private static boolean sharesMemory(Hypercall call) {
        return call == Hypercall.SHARE_MEM || call == Hypercall.GET_SHARED_MEM_IPA;
    }
}
