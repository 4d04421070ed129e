package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.scheduler.PhysicalCore;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmBuilder;
import org.shyperlab.hypervisor.vm.VmControl;
import org.shyperlab.hypervisor.vm.VmState;

/**
 * A VM that attacks everything it can name, beside one that works with timer, disk, RAM and console and talks to a third over the
 * network. Whatever the hostile one does, the others live as if it were not there.
 */
class IsolationTest {
    /** Rounds of the victim; each is a fifth of a millisecond. */
    private static final int ROUNDS = 20;

    /** Of a victim that does not sleep: more than two turns of 10 ms. */
    private static final int ROUNDS_WITHOUT_SLEEP = 150;

    private static final long STEP = TestBoard.MILLISECOND / BusyProgram.ROUNDS_PER_SECOND * 1000;
    private static final int PEER = 0;
    private static final int VICTIM = 1;
    private static final int HOSTILE = 2;
    private static final int NO_NIC = -1;

    /** What the victim does. */
    private enum Work {
        /** It talks to its peer. */
        TALKING,
        /** It does not. */
        LONELY,
        /** Nor does it sleep. */
        SLEEPLESS
    }

    /** What a VM got and did. */
    private record Life(long rounds, long sum, String console, long memory, List<Long> traps, long injected) {}

    /** How hostile VMs come: the seed of the first, their cores, whether they have a NIC. */
    private record Stranger(long seed, long cores, int master, boolean networked) {
        Stranger next() {
            return new Stranger(seed + 1000, cores, master, networked);
        }
    }

    /** A board with two VMs that work, and one that does not; when it has ended itself, or sleeps, another takes its place. */
    private static final class Town implements AutoCloseable {
        final LifeBoard board;
        final VmControl control;
        final VmBuilder.Ledger before;
        private @Nullable Stranger stranger;
        private @Nullable Vm hostile;
        private long attacks;
        private long seen;
        private final int rounds;
        /** Time that it took, in the time of a round. */
        int steps;

        Town(String architecture, Work work, int rounds) {
            this.rounds = rounds;
            board = LifeBoard.of(architecture);
            board.connectDevices();
            byte[] peer = BusyProgram.answering(board, PEER, VICTIM);
            byte[] victim = switch (work) {
                case TALKING -> BusyProgram.busy(board, VICTIM, PEER, rounds);
                case LONELY -> BusyProgram.lonely(board, rounds);
                case SLEEPLESS -> BusyProgram.sleepless(board, rounds);
            };
            control = board.boot(
                            board.equipped("peer", 1, 0, PEER, peer), board.equipped("victim", 2, 1, VICTIM, victim))
                    .control();
            before = control.ledger();
        }

        void letIn(Stranger first) {
            stranger = first;
        }

        /** Until the victim has done its rounds, or five times as long as it should take. */
        void run() {
            while (steps < 5 * rounds && board.count(victim()) < rounds) {
                if (stranger != null) {
                    stranger = replace(stranger);
                }
                board.runCycles(STEP);
                steps++;
            }
        }

        /** Who comes after the hostile VM: what has made no trap since the last step, dead or alive, is sent away. */
        private Stranger replace(Stranger next) {
            Vm old = hostile;
            if (old != null) {
                long all = traps(old).stream().mapToLong(Long::longValue).sum();
                boolean works = old.state().isAlive() && all > seen;
                attacks += all - seen;
                seen = all;
                if (!works) {
                    control.remove(old);
                    hostile = null;
                }
                return next;
            }
            if (control.find(HOSTILE) != null) {
                return next; // its cores have not stopped yet
            }
            byte[] program = HostileProgram.of(board, next.seed(), next.networked());
            int nic = next.networked() ? HOSTILE : NO_NIC;
            Vm created = control.create(board.equipped("hostile", next.cores(), next.master(), nic, program));
            control.boot(created);
            hostile = created;
            seen = -1;
            attacks -= 1;
            return next.next();
        }

        Vm victim() {
            return control.vms().get(VICTIM);
        }

        Life life(Vm vm) {
            MemoryRegion ram = vm.config().memory().get(0);
            byte[] bytes = new byte[(int) ram.length()];
            board.machine().bus().readRam(vm.memory().physical(ram.base(), 1), bytes);
            CRC32 sum = new CRC32();
            sum.update(bytes);
            long injected = 0;
            for (Vcpu vcpu : vm.vcpus()) {
                injected += vcpu.interruptsInjected();
            }
            return new Life(
                    board.count(vm),
                    board.word(vm, ram.base() + LifeBoard.COUNTER + BusyProgram.SUM),
                    board.console(vm.id()),
                    sum.getValue(),
                    traps(vm),
                    injected);
        }

        private static List<Long> traps(Vm vm) {
            List<Long> traps = new ArrayList<>();
            for (Vcpu vcpu : vm.vcpus()) {
                for (TrapKind kind : TrapKind.values()) {
                    traps.add(vcpu.traps(kind));
                }
            }
            return traps;
        }

        void removeHostile() {
            Vm last = hostile;
            if (last != null) {
                control.remove(last);
            }
            board.run(1);
            assertThat(control.ledger()).isEqualTo(before);
        }

        @Override
        public void close() {
            board.close();
        }
    }

    private static Life alone(Town town) {
        town.run();
        assertThat(town.board.failures()).isEmpty();
        Life life = town.life(town.victim());
        assertThat(life.rounds()).isEqualTo(town.rounds);
        assertThat(life.console()).isEqualTo("x".repeat(town.rounds));
        return life;
    }

    private static Life alone(String architecture, Work work) {
        try (Town town = new Town(architecture, work, ROUNDS)) {
            Life life = alone(town);
            assertThat(life.injected()).isGreaterThanOrEqualTo(ROUNDS);
            return life;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "aarch64, LONELY",
        "aarch64, TALKING",
        "riscv64, LONELY",
        "riscv64, TALKING",
        "riscv64-aia, LONELY",
        "riscv64-aia, TALKING"
    })
    void aVmOnItsOwnCoreDoesAndFindsTheSameBesideAHostileOneAsAlone(String architecture, Work work) {
        Life expected = alone(architecture, work);
        long attacks = 0;
        for (long seed = 1; seed <= 3; seed++) {
            try (Town town = new Town(architecture, work, ROUNDS)) {
                town.letIn(new Stranger(seed, 0b1100, 2, false));
                town.run();
                assertThat(town.life(town.victim())).as("seed %d", seed).isEqualTo(expected);
                assertThat(town.control.vms().get(PEER).state()).isEqualTo(VmState.ACTIVE);
                attacks += town.attacks;
                town.removeHostile();
            }
        }
        assertThat(attacks).as("it did try").isGreaterThan(1500);
    }

    /** Frames that a network brings to all are for the victim too, and cost it time and interrupts, but nothing else. */
    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "riscv64-aia"})
    void aVmOnTheNetworkOfAHostileOneDoesItsWorkInTimeAndFindsTheSame(String architecture) {
        Life expected = alone(architecture, Work.TALKING);
        long attacks = 0;
        for (long seed = 11; seed <= 13; seed++) {
            try (Town town = new Town(architecture, Work.TALKING, ROUNDS)) {
                town.letIn(new Stranger(seed, 0b1100, 2, true));
                town.run();
                Life life = town.life(town.victim());
                assertThat(life.rounds()).as("seed %d", seed).isEqualTo(ROUNDS);
                assertThat(life.sum()).as("seed %d", seed).isEqualTo(expected.sum());
                assertThat(life.console()).as("seed %d", seed).isEqualTo(expected.console());
                assertThat(town.steps).as("seed %d", seed).isLessThanOrEqualTo(2 * ROUNDS);
                attacks += town.attacks;
                town.removeHostile();
            }
        }
        assertThat(attacks).as("it did try").isGreaterThan(1500);
    }

    /** Round robin: a turn of 10 ms for each, so the victim's work takes twice as long, and a turn more if it is the second. */
    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "riscv64-aia"})
    void aVmThatSharesItsCoreWithAHostileOneGetsItsShareAndFindsTheSame(String architecture) {
        Life expected;
        int steps;
        try (Town town = new Town(architecture, Work.SLEEPLESS, ROUNDS_WITHOUT_SLEEP)) {
            expected = alone(town);
            steps = town.steps;
        }
        int turn = BusyProgram.ROUNDS_PER_SECOND / PhysicalCore.SLICES_PER_SECOND;
        assertThat(steps).as("some turns").isGreaterThan(2 * turn);
        for (long seed = 21; seed <= 23; seed++) {
            try (Town town = new Town(architecture, Work.SLEEPLESS, ROUNDS_WITHOUT_SLEEP)) {
                town.letIn(new Stranger(seed, 0b0110, 1, true));
                town.run();
                Life life = town.life(town.victim());
                assertThat(life.rounds()).as("seed %d", seed).isEqualTo(ROUNDS_WITHOUT_SLEEP);
                assertThat(life.sum()).as("seed %d", seed).isEqualTo(expected.sum());
                assertThat(life.console()).as("seed %d", seed).isEqualTo(expected.console());
                assertThat(town.steps).as("seed %d", seed).isLessThanOrEqualTo(2 * steps + turn);
                town.removeHostile();
            }
        }
    }
}
