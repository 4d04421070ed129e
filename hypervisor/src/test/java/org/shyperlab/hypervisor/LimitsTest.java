package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.hypervisor.code.A64Assembler;
import org.shyperlab.hypervisor.code.Assembler;
import org.shyperlab.hypervisor.code.Label;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.hypercall.Hypercall;
import org.shyperlab.hypervisor.hypercall.HypercallError;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vcpu.VcpuState;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmBuilder;
import org.shyperlab.hypervisor.vm.VmControl;
import org.shyperlab.hypervisor.vm.VmState;

/** VMs as large and as many as there may be, and those that are refused. */
class LimitsTest {
    private static final int MOST_VCPUS = 8;

    /** vCPU 0 starts all the others; each counts in a word of its own. */
    private static byte[] crew(String architecture) {
        Assembler code = Assembler.of(architecture);
        OrderRacesTest.whoAmI(code);
        code.constant(0, 8);
        code.multiply(1, 5, 0);
        code.constant(0, code.ram() + LifeBoard.COUNTER);
        code.add(1, 1, 0);
        code.constant(2, 0);
        Label count = code.label();
        code.jumpIfDifferent(5, 2, count);
        for (int vcpu = 1; vcpu < MOST_VCPUS; vcpu++) {
            OrderRacesTest.powerOn(code, vcpu);
        }
        code.place(count);
        code.constant(3, 0);
        Label again = code.here();
        code.increase(3, 3, 1);
        code.store(8, 3, 1, 0);
        code.jump(again);
        return code.image();
    }

    private static void assertAllCount(LifeBoard board, Vm vm) {
        long counters = vm.config().memory().getFirst().base() + LifeBoard.COUNTER;
        for (int vcpu = 0; vcpu < MOST_VCPUS; vcpu++) {
            long before = board.word(vm, counters + 8L * vcpu);
            board.run(1);
            assertThat(board.word(vm, counters + 8L * vcpu))
                    .as("vCPU %d counts", vcpu)
                    .isGreaterThan(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "riscv64-aia"})
    void eightVcpusOnEightCoresStartEachOtherAndObeyAllOrders(String architecture) {
        try (LifeBoard board = LifeBoard.of(architecture, MOST_VCPUS)) {
            VmControl control = board.boot(board.counting("first", 1, 0)).control();
            board.run(1);
            VmBuilder.Ledger before = control.ledger();
            Vm vm = control.create(board.guest("crew", 0xff, 3, crew(architecture)));
            assertThat(vm.vcpus()).extracting(Vcpu::core).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7);
            assertThat(control.boot(vm)).isTrue();
            board.run(25); // it shares core 0 with the other VM
            assertThat(vm.vcpus()).extracting(Vcpu::state).doesNotContain(VcpuState.OFF, VcpuState.STARTING);
            board.run(20);
            control.pause(vm);
            board.run(1);
            assertThat(vm.vcpus()).extracting(Vcpu::state).containsOnly(VcpuState.PAUSED);
            control.resume(vm);
            board.run(25);
            assertThat(vm.vcpus()).extracting(Vcpu::state).containsOnly(VcpuState.RUNNING, VcpuState.READY);
            control.reset(vm);
            board.run(45);
            assertThat(vm.vcpus()).extracting(Vcpu::state).doesNotContain(VcpuState.OFF, VcpuState.STARTING);
            control.stop(vm);
            board.run(1);
            assertThat(vm.state()).isEqualTo(VmState.OFF);
            assertThat(vm.vcpus()).extracting(Vcpu::state).containsOnly(VcpuState.OFF);
            control.boot(vm);
            control.pause(control.vms().getFirst());
            board.run(5);
            assertAllCount(board, vm);
            control.remove(vm);
            board.run(1);
            assertThat(control.ledger()).isEqualTo(before);
            assertThat(board.failures()).isEmpty();
        }
    }

    /** It gets its RAM, vCPU, disk and port first, and has to give them all back. */
    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "riscv64-aia"})
    void aVmThatWantsAnInterruptOfAnotherLeavesNothingBehind(String architecture) {
        try (LifeBoard board = LifeBoard.of(architecture)) {
            board.connectDevices();
            VmControl control = board.boot(board.counting("first", 1, 0)).control();
            board.run(1);
            VmBuilder.Ledger empty = control.ledger();
            Vm owner = control.create(owning(board, board.equipped("owner", 2, 1, 1, board.spin())));
            VmBuilder.Ledger before = control.ledger();
            assertThat(before.interrupts()).isEqualTo(empty.interrupts() + 1);
            VmSetup second = owning(board, board.equipped("second", 0b1100, 2, 2, board.spin()));
            for (int attempt = 0; attempt < 3; attempt++) {
                assertThatThrownBy(() -> control.create(second))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("belongs to");
                assertThat(control.ledger()).isEqualTo(before);
                assertThat(control.vms()).hasSize(2);
            }
            assertThat(control.boot(owner)).isTrue();
            board.run(1);
            assertThat(board.count(owner)).isPositive();
            control.remove(owner);
            board.run(1);
            Vm next = control.create(second);
            assertThat(control.boot(next)).isTrue();
            board.run(1);
            assertThat(board.count(next)).isPositive();
            control.remove(next);
            board.run(1);
            assertThat(control.ledger()).isEqualTo(empty);
            assertThat(board.failures()).isEmpty();
        }
    }

    /** A VM that has the board's UART too. */
    private static VmSetup owning(LifeBoard board, VmSetup setup) {
        VmConfig config = setup.config();
        List<VmConfig.Passthrough> devices = new java.util.ArrayList<>(config.passthrough());
        devices.add(board.boardUart());
        return new VmSetup(
                new VmConfig(
                        config.name(),
                        config.type(),
                        config.commandLine(),
                        config.image(),
                        config.memory(),
                        config.cpu(),
                        config.emulated().stream()
                                .filter(device -> !device.region()
                                        .overlaps(board.boardUart().region()))
                                .toList(),
                        devices,
                        config.deviceTree()),
                setup.images());
    }

    /** Begins two configurations where one more VM is allowed, gives up the first, and begins another. */
    @Test
    void noConfigurationIsBegunBeyondTheMostVmsAndNothingIsKept() {
        A64Assembler code = new A64Assembler();
        long results = code.ram() + LifeBoard.COUNTER;
        long name = code.ram() + 0x20_0000;
        long block = name + 0x100;
        byte[] text = "x\0\0\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII);
        code.poke(8, name, text[0], 1, 2);
        long image = code.ram() + 0x8_0000;
        long[] words = {name, 1, 2, name + 1, 0, image, 0, 0};
        for (int n = 0; n < words.length; n++) {
            code.poke(8, block + 8L * n, words[n], 1, 2);
        }
        int kept = 0;
        for (Hypercall call : new Hypercall[] {
            Hypercall.ADD_VM, Hypercall.ADD_VM, Hypercall.ADD_VM, Hypercall.DELETE_VM, Hypercall.ADD_VM
        }) {
            code.hypercall(call.code(), call == Hypercall.ADD_VM ? block : 1);
            code.constant(1, results);
            code.store(8, 0, 1, 8 * kept++);
        }
        Label end = code.here();
        code.jump(end);
        HypervisorOptions two = HypervisorOptions.DEFAULT.withMostVms(2);
        try (TestBoard board = new TestBoard(2)) {
            Hypervisor hypervisor = board.boot(two, TestBoard.setup(TestBoard.vm("mvm", 1, 0, true), code.image()));
            VmBuilder.Ledger before = hypervisor.control().ledger();
            board.run(TestBoard.MILLISECOND);
            long full = HypercallError.NO_RESOURCES.code();
            long[] told = new long[kept];
            Vm vm = hypervisor.vms().getFirst();
            for (int n = 0; n < kept; n++) {
                told[n] = board.machine.bus().read(-1, vm.memory().physical(results + 8L * n, 8), 8);
            }
            assertThat(told).containsExactly(1, full, full, 0, 1);
            assertThat(hypervisor.control().ledger()).isEqualTo(before);
            assertThat(hypervisor.vms()).hasSize(1);
            assertThat(board.failures).isEmpty();
        }
    }
}
