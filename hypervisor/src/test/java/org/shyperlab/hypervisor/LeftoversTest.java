package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.hypervisor.code.A64Assembler;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmControl;

/** What a VM leaves behind where another one comes next: registers, at every world switch, and memory. */
class LeftoversTest {
    /** What a reader finds in every register that it can name, when {@code neighbour} has run on its core before. */
    private static Map<String, Long> registers(String architecture, RegisterSweep sweep, byte[] neighbour) {
        byte[] reader = sweep.reader();
        try (LifeBoard board = LifeBoard.of(architecture)) {
            Hypervisor hypervisor =
                    board.boot(board.guest("neighbour", 1, 0, neighbour), board.guest("reader", 1, 0, reader));
            board.run(10);
            Vm vm = hypervisor.vms().get(1);
            long ram = vm.config().memory().get(0).base();
            assertThat(board.failures()).isEmpty();
            assertThat(board.word(vm, ram + RegisterSweep.DONE)).as("done").isEqualTo(1);
            Map<String, Long> values = new TreeMap<>();
            List<String> names = sweep.names();
            for (int i = 0; i < names.size(); i++) {
                if (!sweep.clocks().contains(names.get(i))) {
                    values.put(names.get(i), board.word(vm, ram + RegisterSweep.RESULTS + i * 8L));
                }
            }
            return values;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "riscv64-aia"})
    void noRegisterOfAVmTellsWhatItsNeighbourOnTheCoreWroteToAnyOfIts(String architecture) {
        RegisterSweep sweep = RegisterSweep.of(architecture);
        Map<String, Long> beside = registers(architecture, sweep, sweep.writer());
        Map<String, Long> alone = registers(architecture, sweep, sweep.reader());
        List<String> told = new ArrayList<>();
        alone.forEach((name, value) -> {
            if (!value.equals(beside.get(name))) {
                told.add("%s: 0x%x, not 0x%x".formatted(name, beside.get(name), value));
            }
        });
        assertThat(told).isEmpty();
        assertThat(beside.values().stream().filter(value -> value != 0).count())
                .as("registers that are not zero")
                .isGreaterThan(5);
    }

    @Test
    void aBreakpointKeepsWhatItsVmWroteWhileAnotherHasTheCore() {
        int breakpoint = A64Assembler.system(2, 0, 0, 5, 4);
        int watchpoint = A64Assembler.system(2, 0, 0, 3, 7);
        A64Assembler code = new A64Assembler();
        code.constantX(1, 0x1234_5678_9abcL);
        code.msr(breakpoint, 1);
        code.constantX(1, 0x1ff);
        code.msr(watchpoint, 1);
        code.msr(A64Assembler.system(2, 0, 1, 0, 4), 1); // OSLAR_EL1
        code.constantX(9, 20_000_000);
        code.word(0xf100_0529, 0x54ff_ffe1); // 1: subs x9, x9, #1; b.ne 1b
        code.constantX(0, code.ram() + RegisterSweep.RESULTS);
        code.mrs(breakpoint, 1);
        code.mrs(watchpoint, 2);
        code.mrs(A64Assembler.system(2, 0, 1, 1, 4), 3); // OSLSR_EL1
        code.word(0xa900_0801, 0xf900_0803); // stp x1, x2, [x0]; str x3, [x0, #16]
        RegisterSweep.sleep(code);
        RegisterSweep sweep = RegisterSweep.of("aarch64");
        try (LifeBoard board = LifeBoard.of("aarch64")) {
            Hypervisor hypervisor =
                    board.boot(board.guest("first", 1, 0, code.image()), board.guest("second", 1, 0, sweep.writer()));
            board.run(60);
            Vm vm = hypervisor.vms().get(0);
            long results = code.ram() + RegisterSweep.RESULTS;
            assertThat(board.failures()).isEmpty();
            assertThat(board.word(vm, results)).isEqualTo(0x1234_5678_9abcL);
            assertThat(board.word(vm, results + 8)).isEqualTo(0x1ff);
            assertThat(board.word(vm, results + 16)).as("the lock is open").isEqualTo(8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "riscv64-aia"})
    void memoryThatAVmHadIsZeroWhenAnotherGetsIt(String architecture) {
        try (LifeBoard board = LifeBoard.of(architecture)) {
            VmControl control = board.boot(board.counting("first", 1, 0)).control();
            Vm gone = control.create(board.counting("gone", 2, 1));
            MemoryRegion ram = gone.config().memory().get(0);
            long physical = gone.memory().physical(ram.base(), 1);
            for (long at = 0; at < ram.length(); at += 64) {
                board.machine().bus().write(-1, physical + at, 8, at + 1);
            }
            control.remove(gone);
            board.run(1);
            Vm next = control.create(board.counting("next", 2, 1));
            assertThat(next.memory().physical(ram.base(), 1))
                    .as("the same memory")
                    .isEqualTo(physical);
            long found = 0;
            for (long at = 0; at < ram.length(); at += 64) {
                found |= board.machine().bus().read(-1, physical + at, 8);
            }
            assertThat(found).isZero();
        }
    }
}
