package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.hypervisor.code.Assembler;
import org.shyperlab.hypervisor.code.Label;
import org.shyperlab.hypervisor.code.VirtioCode;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.net.DropReason;
import org.shyperlab.hypervisor.net.PortCounters;
import org.shyperlab.hypervisor.net.VirtualSwitch;

/** The switch's first rule holds for what a guest's virtio device really sends: wrong lengths are counted at its port. */
class FrameLengthTest {
    private static final int TRANSMIT = 1;
    private static final int HEADER = 12;
    private static final int[] WRONG = {0, 13, 1515, 1519, 9000};

    private static byte[] guest(Assembler code, long base) {
        long page = code.ram() + 0x40_0000;
        VirtioCode device = new VirtioCode(code, base);
        device.begin();
        device.ring(TRANSMIT, page);
        device.heads(page, 0, 1, 2, 3, 4, 5, 6, 7);
        device.ready();
        for (int i = 0; i < WRONG.length; i++) {
            device.descriptor(page, i, page + 0x1000, HEADER + WRONG[i], 0, 0);
        }
        code.constant(2, WRONG.length);
        device.available(page, 2);
        device.notifyDevice(TRANSMIT);
        device.awaitUsed(page, 2);
        code.constant(2, code.ram() + LifeBoard.COUNTER);
        code.constant(3, 1);
        code.store(8, 3, 2, 0);
        Label idle = code.here();
        code.jump(idle);
        return code.image();
    }

    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64"})
    void framesOfWrongLengthsAreCountedAtTheSendersPort(String architecture) {
        try (LifeBoard board = LifeBoard.of(architecture)) {
            VirtualSwitch network = board.connectDevices();
            long base = board.diskAddress();
            VmConfig.Emulated device = new VmConfig.Emulated(
                    "nic",
                    new MemoryRegion(base, 0x1000),
                    board.diskInterrupt(),
                    List.of(2L, 0L, 0L, 0L, 0L, 7L),
                    EmulatedDeviceType.VIRTIO_NET);
            VmSetup vm = LifeBoard.with(
                    board.guest("sender", 1, 0, guest(Assembler.of(architecture), base)), List.of(device));
            var control = board.boot(vm).control();
            board.run(1);
            assertThat(board.count(Objects.requireNonNull(control.find(0))))
                    .as("all buffers came back")
                    .isEqualTo(1);
            PortCounters counters = network.ports().getFirst().counters();
            assertThat(counters.dropped(DropReason.LENGTH)).isEqualTo(WRONG.length);
            assertThat(counters.framesIn()).isEqualTo(WRONG.length);
            assertThat(board.errors()).as("the device's").isEmpty();
        }
    }
}
