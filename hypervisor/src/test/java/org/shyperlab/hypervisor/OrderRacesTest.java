package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.hypervisor.code.A64Assembler;
import org.shyperlab.hypervisor.code.Assembler;
import org.shyperlab.hypervisor.code.Label;
import org.shyperlab.hypervisor.code.Rv64Assembler;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.hypercall.Hypercall;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vcpu.VcpuState;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmBuilder;
import org.shyperlab.hypervisor.vm.VmControl;
import org.shyperlab.hypervisor.vm.VmState;

/** Orders to VMs that cross what the VMs do to themselves on other cores, whose clocks are some microseconds apart. */
class OrderRacesTest {
    private static final long FORCE = 1 << 16;
    private static final int HSM = 0x0048_534d;

    /** CPU_ON of a vCPU at the start of the image, by PSCI or SBI. */
    static void powerOn(Assembler code, int vcpu) {
        if (code instanceof A64Assembler arm) {
            arm.constantX(0, 0xc400_0003L);
            arm.constantX(1, vcpu);
            arm.constantX(2, arm.address(0));
            arm.constantX(3, vcpu);
            arm.word(0xd400_0003);
        } else if (code instanceof Rv64Assembler risc) {
            risc.constantX(10, vcpu);
            risc.constantX(11, risc.address(0));
            risc.constantX(12, vcpu);
            risc.constantX(16, 0);
            risc.ecall(HSM);
        }
    }

    private static void powerOff(Assembler code) {
        if (code instanceof A64Assembler arm) {
            arm.constantX(0, 0x8400_0002L);
            arm.word(0xd400_0003);
        } else if (code instanceof Rv64Assembler risc) {
            risc.constantX(16, 1);
            risc.ecall(HSM);
        }
    }

    /** The number of the vCPU into register 5: what it was started with, MPIDR_EL1 on AArch64, a0 on RISC-V. */
    static void whoAmI(Assembler code) {
        if (code instanceof A64Assembler arm) {
            arm.mrs(A64Assembler.system(3, 0, 0, 0, 5), 24);
            arm.word(0x9200_1f18); // and x24, x24, #0xff
        } else {
            code.word(10 << 15 | 18 + 5 << 7 | 0x13); // mv s7, a0
        }
    }

    /** Counts down from a number. */
    private static void delay(Assembler code, int rounds) {
        code.constant(6, 0);
        code.constant(7, rounds);
        Label loop = code.here();
        code.increase(6, 6, 1);
        code.jumpIfDifferent(6, 7, loop);
    }

    /** vCPU 0 counts and starts the others again and again, after delays of all lengths; these count a little and switch off. */
    private static byte[] restless(String architecture, int vcpus) {
        Assembler code = Assembler.of(architecture);
        whoAmI(code);
        code.constant(1, code.ram() + LifeBoard.COUNTER);
        code.constant(2, 0);
        Label first = code.label();
        code.jumpIfEqual(5, 2, first);
        delay(code, 400);
        powerOff(code);
        Label stuck = code.here();
        code.jump(stuck);

        code.place(first);
        code.constant(3, 0);
        Label again = code.here();
        for (int step = 0; step < 24; step++) {
            delay(code, 100 + step * 370 % 3000);
            code.increase(3, 3, 1);
            code.store(8, 3, 1, 0);
            powerOn(code, 1 + step % (vcpus - 1));
        }
        code.jump(again);
        return code.image();
    }

    /** Gives random orders to VMs 1 and 2 by hypercalls, for ever. */
    private static byte[] manager(String architecture, int seed) {
        Random random = new Random(seed);
        Assembler code = Assembler.of(architecture);
        code.constant(3, 0);
        Label again = code.here();
        for (int step = 0; step < 200; step++) {
            delay(code, 1 + random.nextInt(step % 4 == 0 ? 4000 : 300));
            int vm = 1 + random.nextInt(2);
            switch (random.nextInt(6)) {
                case 0 -> code.hypercall(Hypercall.PAUSE_VM.code(), vm);
                case 1 -> code.hypercall(Hypercall.RESUME_VM.code(), vm);
                case 2, 3 -> code.hypercall(Hypercall.REBOOT_VM.code(), vm | FORCE);
                case 4 -> code.hypercall(Hypercall.SHUTDOWN_VM.code(), vm | FORCE);
                default -> code.hypercall(Hypercall.BOOT_VM.code(), vm);
            }
            if (step % 5 == 0) {
                code.hypercall(Hypercall.RESUME_VM.code(), vm);
                code.hypercall(Hypercall.BOOT_VM.code(), vm);
            }
        }
        code.jump(again);
        return code.image();
    }

    /** The same with less RAM: each start zeroes it. */
    private static VmSetup small(VmSetup setup) {
        VmConfig config = setup.config();
        MemoryRegion ram = config.memory().get(0);
        return new VmSetup(
                new VmConfig(
                        config.name(),
                        config.type(),
                        config.commandLine(),
                        config.image(),
                        List.of(new MemoryRegion(ram.base(), 0x40_0000)),
                        config.cpu(),
                        config.emulated(),
                        config.passthrough(),
                        config.deviceTree()),
                setup.images());
    }

    @ParameterizedTest
    @CsvSource({
        "aarch64, 1",
        "aarch64, 2",
        "aarch64, 3",
        "riscv64, 1",
        "riscv64, 2",
        "riscv64-aia, 1",
        "riscv64-aia, 2",
    })
    void whateverCrossesTheOrdersOfTheManagementVmEveryVmObeysAfterwards(String architecture, int seed) {
        try (LifeBoard board = LifeBoard.of(architecture)) {
            VmControl control = board.boot(board.guest("mvm", 0b10, 1, manager(architecture, seed)))
                    .control();
            VmBuilder.Ledger before = control.ledger();
            control.create(small(board.guest("a", 0b1111, 0, restless(architecture, 4))));
            control.create(small(board.guest("b", 0b1110, 2, restless(architecture, 3))));
            board.run(2);
            assertThat(board.failures()).isEmpty();
            control.pause(control.vms().get(0));
            board.run(30);
            for (Vm vm : List.of(control.vms().get(1), control.vms().get(2))) {
                assertThat(vm.state()).as("%s", vm).isIn(VmState.ACTIVE, VmState.PAUSED, VmState.OFF);
                if (vm.state() == VmState.PAUSED) {
                    assertThat(vm.vcpus())
                            .extracting(Vcpu::state)
                            .as("%s", vm)
                            .doesNotContain(VcpuState.READY, VcpuState.RUNNING, VcpuState.BLOCKED);
                }
                control.resume(vm);
                if (vm.state() == VmState.OFF) {
                    assertThat(vm.isStill()).as("%s is off", vm).isTrue();
                    assertThat(control.boot(vm)).as("%s boots", vm).isTrue();
                }
                board.run(30);
                long count = board.count(vm);
                board.run(60);
                assertThat(board.count(vm)).as("%s counts", vm).isGreaterThan(count);
            }
            control.remove(control.vms().get(2));
            control.remove(control.vms().get(1));
            board.run(30);
            assertThat(control.ledger()).isEqualTo(before);
        }
    }

    /** A core whose clock is behind may carry out CPU_ON after another core has stopped the VM, and before it hears of that. */
    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64"})
    void aVcpuOfAVmThatWasStoppedIsNotPoweredOnAnyMore(String architecture) {
        try (LifeBoard board = LifeBoard.of(architecture)) {
            VmControl control = board.boot(board.counting("first", 1, 0), board.counting("two", 0b110, 1))
                    .control();
            Vm vm = control.vms().get(1);
            board.run(1);
            for (boolean again : new boolean[] {false, true}) {
                if (again) {
                    control.reset(vm);
                } else {
                    control.stop(vm);
                }
                control.powerOn(vm.vcpus().get(1), vm.config().image().entryPoint(), 0);
                board.run(1);
                assertThat(vm.vcpus().get(1).state()).isEqualTo(VcpuState.OFF);
                assertThat(vm.state()).isEqualTo(again ? VmState.ACTIVE : VmState.OFF);
                control.boot(vm);
                board.run(1);
                assertThat(board.count(vm)).isPositive();
            }
        }
    }

    /** In permissive mode a VM may pause itself: it is the call before the pause that it comes back from, with its result. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aVmThatPausesItselfGoesOnBehindTheCallWithItsResult(boolean byDevice) {
        A64Assembler code = new A64Assembler();
        long shyper = 0x0a01_0000L;
        code.constant(4, 0);
        code.constant(1, code.ram() + LifeBoard.COUNTER);
        Label again = code.here();
        if (byDevice) {
            code.poke(8, shyper, 1, 2, 3);
            code.poke(8, shyper + 0x38, Hypercall.PAUSE_VM.code(), 2, 3);
            code.load(8, 0, 2, 8);
        } else {
            code.hypercall(Hypercall.PAUSE_VM.code(), 1);
        }
        code.increase(4, 4, 1);
        code.store(8, 4, 1, 0);
        code.store(8, 0, 1, 8);
        code.jump(again);
        try (TestBoard board = new TestBoard(2)) {
            VmSetup plain = TestBoard.setup(TestBoard.vm("self", 0b10, 1, true), code.image());
            VmSetup self = LifeBoard.withOnly(
                    plain,
                    new VmConfig.Emulated(
                            "shyper", new MemoryRegion(shyper, 0x2000), 50, List.of(), EmulatedDeviceType.SHYPER));
            HypervisorOptions permissive =
                    new HypervisorOptions(false, 40, HypervisorOptions.WaitTrapping.SHARED_CORES, true, 8);
            Hypervisor hypervisor =
                    board.boot(permissive, TestBoard.setup(TestBoard.vm("first", 1, 0, true), Guests.SPIN), self);
            Vm vm = hypervisor.vms().get(1);
            for (int round = 1; round <= 3; round++) {
                board.run(round * TestBoard.MILLISECOND);
                assertThat(vm.state()).isEqualTo(VmState.PAUSED);
                assertThat(vm.vcpus().get(0).state()).isEqualTo(VcpuState.PAUSED);
                assertThat(word(board, vm, 0)).as("calls that have returned").isEqualTo(round - 1);
                assertThat(word(board, vm, 8)).as("result").isZero();
                assertThat(hypervisor.control().resume(vm)).isTrue();
            }
        }
    }

    private static long word(TestBoard board, Vm vm, int offset) {
        long physical = vm.memory().physical(TestBoard.RAM + LifeBoard.COUNTER + offset, 8);
        return board.machine.bus().read(-1, physical, 8);
    }

    /** CNTV_CVAL of all ones is how software says never: the vCPU sleeps, and does not keep its core busy with waking up. */
    @Test
    void aTimerThatNeverFiresWakesNobodyOnASharedCore() {
        A64Assembler code = new A64Assembler();
        code.constantX(9, -1);
        code.msr(A64Assembler.system(3, 3, 14, 3, 2), 9);
        code.msr(A64Assembler.system(3, 3, 14, 2, 2), 9);
        code.constantX(9, 1);
        code.msr(A64Assembler.system(3, 3, 14, 3, 1), 9);
        code.msr(A64Assembler.system(3, 3, 14, 2, 1), 9);
        code.constant(1, code.ram() + LifeBoard.COUNTER);
        code.constant(2, 0);
        Label again = code.here();
        code.waitForInterrupt();
        code.increase(2, 2, 1);
        code.store(8, 2, 1, 0);
        code.jump(again);
        try (LifeBoard board = LifeBoard.of("aarch64")) {
            VmControl control = board.boot(board.counting("busy", 1, 0), board.guest("asleep", 1, 0, code.image()))
                    .control();
            board.run(100);
            assertThat(board.count(control.vms().get(1))).as("wake-ups").isZero();
        }
    }
}
