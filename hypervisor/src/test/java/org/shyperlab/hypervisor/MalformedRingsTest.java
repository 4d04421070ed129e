package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.shyperlab.hypervisor.code.Assembler;
import org.shyperlab.hypervisor.code.Label;
import org.shyperlab.hypervisor.code.VirtioCode;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.net.PortCounters;
import org.shyperlab.hypervisor.net.VirtualSwitch;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmControl;

/** Guests whose network or console rings break a rule: the device stops and says why, everything else runs on, and a reset mends it. */
class MalformedRingsTest {
    private static final int TRANSMIT = 1;
    private static final long PAGE = 0x40_0000;
    private static final long BUFFER = 0x40_0400;
    /** The device's status behind the mistake, and at the end. */
    private static final long STATUSES = 0x40_2000;

    private static final int NEEDS_RESET = 64;
    private static final int WORKING = 0xf;
    private static final int FRAME = 60;
    private static final int HEADER = 12;

    /** One rule each, broken in the transmit ring; every guest has one chain there, whose head is descriptor 0. */
    private enum Mistake {
        LOOP("is longer than the ring's 8, or a loop (Virtio 2.7.5.3.1)") {
            @Override
            void make(VirtioCode device, long page, long buffer) {
                device.descriptor(page, 0, buffer, 64, VirtioCode.NEXT, 1);
                device.descriptor(page, 1, buffer, 64, VirtioCode.NEXT, 0);
            }
        },
        NO_RAM("is not all RAM (Virtio 2.7.5)") {
            @Override
            void make(VirtioCode device, long page, long buffer) {
                device.descriptor(page, 0, 0x1000, HEADER + FRAME, 0, 0);
            }
        },
        BEYOND_RAM("is not all RAM (Virtio 2.7.5)") {
            @Override
            void make(VirtioCode device, long page, long buffer) {
                device.descriptor(page, 0, (buffer & -0x100_0000L) + 0x100_0000 - 16, HEADER + FRAME, 0, 0);
            }
        },
        NEXT_TOO_HIGH("descriptor 9 is beyond the table of 8 (Virtio 2.7.5)") {
            @Override
            void make(VirtioCode device, long page, long buffer) {
                device.descriptor(page, 0, buffer, 64, VirtioCode.NEXT, 9);
            }
        },
        HEAD_TOO_HIGH("descriptor 8 is beyond the table of 8 (Virtio 2.7.5)") {
            @Override
            void make(VirtioCode device, long page, long buffer) {
                device.descriptor(page, 0, buffer, 64, 0, 0);
                device.heads(page, 8);
            }
        },
        INDIRECT("descriptor 0 is indirect, which was not negotiated (Virtio 2.7.5.3.1)") {
            @Override
            void make(VirtioCode device, long page, long buffer) {
                device.descriptor(page, 0, buffer, 64, 4, 0);
            }
        },
        READ_BEHIND_WRITE("descriptor 1 is for reading and follows one for writing (Virtio 2.7.4.2)") {
            @Override
            void make(VirtioCode device, long page, long buffer) {
                device.descriptor(page, 0, buffer, 64, VirtioCode.NEXT | VirtioCode.WRITE, 1);
                device.descriptor(page, 1, buffer, 64, 0, 0);
            }
        },
        TOO_FAR_AHEAD(
                "its driver index 9 is 9 ahead of the device's 0, more than the ring's size 8 (Virtio 2.7.13.3)", 9) {
            @Override
            void make(VirtioCode device, long page, long buffer) {
                device.descriptor(page, 0, buffer, 64, 0, 0);
            }
        };

        private final String rule;
        private final int available;

        Mistake(String rule) {
            this(rule, 1);
        }

        Mistake(String rule, int available) {
            this.rule = rule;
            this.available = available;
        }

        abstract void make(VirtioCode device, long page, long buffer);
    }

    private static Stream<Arguments> everywhere() {
        return Stream.of("aarch64", "riscv64", "riscv64-aia")
                .flatMap(architecture -> Stream.of(EmulatedDeviceType.VIRTIO_NET, EmulatedDeviceType.VIRTIO_CONSOLE)
                        .flatMap(type ->
                                Stream.of(Mistake.values()).map(mistake -> Arguments.of(architecture, type, mistake))));
    }

    private static void setUp(VirtioCode device, long page) {
        device.begin();
        device.ring(TRANSMIT, page);
        device.heads(page, 0);
        device.ready();
    }

    /** Makes the mistake, keeps the status; resets the device, sends a frame as it should be, keeps the status; counts. */
    private static byte[] guest(String architecture, long base, Mistake mistake) {
        Assembler code = Assembler.of(architecture);
        long page = code.ram() + PAGE;
        long buffer = code.ram() + BUFFER;
        VirtioCode device = new VirtioCode(code, base);
        setUp(device, page);
        mistake.make(device, page, buffer);
        code.constant(2, mistake.available);
        device.available(page, 2);
        device.notifyDevice(TRANSMIT);
        keepStatus(code, base, 0);

        device.begin();
        code.poke(4, page + VirtioCode.AVAILABLE, 0, 0, 1);
        code.poke(4, page + VirtioCode.USED, 0, 0, 1);
        setUp(device, page);
        code.poke(8, buffer, 0, 0, 1);
        code.poke(
                8,
                buffer + 8,
                0xffff_ffff_0000_0000L,
                0,
                1); // behind the header: broadcast, from the NIC's address, ARP
        code.poke(8, buffer + 16, 0x0700_00aa_5674_ffffL, 0, 1);
        code.poke(8, buffer + 24, 0x0608L, 0, 1);
        device.descriptor(page, 0, buffer, HEADER + FRAME, 0, 0);
        code.constant(2, 1);
        device.available(page, 2);
        device.notifyDevice(TRANSMIT);
        device.awaitUsed(page, 2);
        keepStatus(code, base, 8);
        code.constant(2, code.ram() + LifeBoard.COUNTER);
        code.constant(3, 0);
        Label counting = code.here();
        code.increase(3, 3, 1);
        code.store(8, 3, 2, 0);
        code.jump(counting);
        return code.image();
    }

    private static void keepStatus(Assembler code, long base, int at) {
        code.constant(0, base);
        code.load(4, 1, 0, 0x70);
        code.constant(0, code.ram() + STATUSES);
        code.store(8, 1, 0, at);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void theDeviceStopsWithItsReasonAndEverythingElseRunsOn(
            String architecture, EmulatedDeviceType type, Mistake mistake) {
        try (LifeBoard board = LifeBoard.of(architecture)) {
            VirtualSwitch network = board.connectDevices();
            long base = board.diskAddress();
            boolean net = type == EmulatedDeviceType.VIRTIO_NET;
            VmConfig.Emulated device = new VmConfig.Emulated(
                    "dev",
                    new MemoryRegion(base, 0x1000),
                    board.diskInterrupt(),
                    net ? List.of(0x74L, 0x56L, 0xaaL, 0L, 0L, 7L) : List.of(5L, base),
                    type);
            VmSetup wrong =
                    LifeBoard.with(board.guest("wrong", 1, 0, guest(architecture, base, mistake)), List.of(device));
            VmControl control = board.boot(wrong, board.counting("other", 2, 1)).control();
            board.run(2);
            Vm vm = Objects.requireNonNull(control.find(0));
            Vm other = Objects.requireNonNull(control.find(1));
            assertThat(board.errors())
                    .singleElement()
                    .asString()
                    .startsWith("vm0/dev: ring 1: ")
                    .endsWith(mistake.rule + "; the device waits for its reset");
            long ram = vm.config().memory().getFirst().base();
            assertThat(board.word(vm, ram + STATUSES)).isEqualTo(WORKING | NEEDS_RESET);
            assertThat(board.word(vm, ram + STATUSES + 8)).isEqualTo(WORKING);
            if (net) {
                PortCounters counted = network.ports().getFirst().counters();
                assertThat(List.of(counted.framesIn(), counted.bytesIn(), counted.dropped()))
                        .containsExactly(1L, (long) FRAME, 0L);
            } else {
                assertThat(board.console(0)).hasSize(HEADER + FRAME);
            }
            assertThat(board.failures()).isEmpty();
            assertThat(board.count(vm)).as("the guest itself").isPositive();
            assertThat(board.count(other)).as("its neighbour").isGreaterThan(100_000);
        }
    }
}
