package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.emulator.device.uart.SerialInput;
import org.shyperlab.hypervisor.code.Assembler;
import org.shyperlab.hypervisor.code.Label;
import org.shyperlab.hypervisor.code.VirtioCode;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmBuilder;
import org.shyperlab.hypervisor.vm.VmControl;

/** Virtio consoles of two VMs that name each other, and what becomes of them while the other one is not there. */
class VirtioConsolePairTest {
    private static final int RECEIVE = 0;
    private static final int TRANSMIT = 1;
    private static final long RECEIVING = 0x40_0000;
    private static final long TRANSMITTING = 0x40_1000;
    /** How many of its texts the guest may send; each has 8 bytes. */
    private static final long ALLOWED = 0x40_2000;

    private static final int BUFFERS = 0x400;
    private static final int BUFFER_BYTES = 64;

    /** A guest with buffers for what comes, that sends one text after the other when the test lets it, and then counts. */
    private static byte[] talker(String architecture, long device, String... texts) {
        Assembler code = Assembler.of(architecture);
        long receiving = code.ram() + RECEIVING;
        long transmitting = code.ram() + TRANSMITTING;
        VirtioCode console = new VirtioCode(code, device);
        console.begin();
        console.ring(RECEIVE, receiving);
        console.ring(TRANSMIT, transmitting);
        console.ready();
        for (int n = 0; n < 8; n++) {
            console.descriptor(receiving, n, receiving + BUFFERS + (long) BUFFER_BYTES * n, BUFFER_BYTES, 2, 0);
        }
        console.heads(receiving, 0, 1, 2, 3, 4, 5, 6, 7);
        code.constant(2, 8);
        console.available(receiving, 2);
        console.notifyDevice(RECEIVE);
        console.heads(transmitting, 0);
        console.descriptor(transmitting, 0, transmitting + BUFFERS, Long.BYTES, 0, 0);
        for (int n = 0; n < texts.length; n++) {
            code.constant(2, code.ram() + ALLOWED);
            code.constant(4, n + 1);
            Label again = code.here();
            code.yield();
            code.load(8, 3, 2, 0);
            code.jumpIfDifferent(3, 4, again);
            code.poke(8, transmitting + BUFFERS, bits(texts[n]), 0, 1);
            console.available(transmitting, 4);
            console.notifyDevice(TRANSMIT);
            console.awaitUsed(transmitting, 4);
        }
        code.constant(2, code.ram() + LifeBoard.COUNTER);
        code.constant(3, 0);
        Label counting = code.here();
        code.increase(3, 3, 1);
        code.store(8, 3, 2, 0);
        code.jump(counting);
        return code.image();
    }

    private static long bits(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        assertThat(bytes).hasSize(Long.BYTES);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    /** A VM with a virtio console whose peer is the one at the same place of another VM. */
    private static VmSetup vm(LifeBoard board, String name, int core, int peer, byte[] code) {
        long base = board.diskAddress();
        return LifeBoard.withOnly(
                board.guest(name, 1L << core, core, code),
                new VmConfig.Emulated(
                        "hvc",
                        new MemoryRegion(base, 0x1000),
                        board.diskInterrupt(),
                        List.of((long) peer, base),
                        EmulatedDeviceType.VIRTIO_CONSOLE));
    }

    private static void allow(LifeBoard board, Vm vm, int texts) {
        long ram = vm.config().memory().getFirst().base();
        board.poke(vm, ram + ALLOWED, texts);
        board.run(1);
    }

    /** The first 8 bytes in the guest's n-th receive buffer. */
    private static String received(LifeBoard board, Vm vm, int n) {
        long ram = vm.config().memory().getFirst().base();
        long bits = board.word(vm, ram + RECEIVING + BUFFERS + (long) BUFFER_BYTES * n);
        byte[] bytes = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(bits)
                .array();
        return new String(bytes, StandardCharsets.US_ASCII).replace("\0", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "riscv64-aia"})
    void theyAreConnectedWhileBothAreThereAndTheHostsAlone(String architecture) {
        try (LifeBoard board = LifeBoard.of(architecture)) {
            byte[] first = talker(architecture, board.diskAddress(), "too soon", "to peer.", "too late");
            VmControl control = board.boot(vm(board, "first", 0, 1, first)).control();
            Vm one = Objects.requireNonNull(control.find(0));
            board.run(1);
            VmBuilder.Ledger before = control.ledger();
            assertThat(before.consoles()).isEqualTo(1);
            allow(board, one, 1);
            assertThat(board.console(0)).isEqualTo("too soon");
            SerialInput keyboard = Objects.requireNonNull(one.keyboard());
            assertThat(keyboard.receive('h')).isTrue();
            assertThat(keyboard.receive('i')).isTrue();
            assertThat(received(board, one, 0) + received(board, one, 1)).isEqualTo("hi");

            byte[] second = talker(architecture, board.diskAddress(), "answer..");
            Vm other = control.create(vm(board, "second", 1, 0, second));
            assertThat(other.id()).isEqualTo(1);
            assertThat(control.boot(other)).isTrue();
            board.run(1);
            allow(board, one, 2);
            assertThat(received(board, other, 0)).isEqualTo("to peer.");
            allow(board, other, 1);
            assertThat(received(board, one, 2)).isEqualTo("answer..");
            assertThat(board.console(0)).as("nothing of it is the host's").isEqualTo("too soon");
            assertThat(board.console(1)).isEmpty();
            assertThat(one.keyboard()).as("nobody outside types to a pair").isNull();
            assertThat(other.keyboard()).isNull();

            control.remove(other);
            board.run(1);
            assertThat(control.ledger()).isEqualTo(before);
            allow(board, one, 3);
            assertThat(board.console(0)).isEqualTo("too soontoo late");
            assertThat(one.keyboard()).isNotNull();
            assertThat(board.count(one)).as("it has gone on to its end").isPositive();
            assertThat(board.errors()).isEmpty();
            assertThat(board.failures()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "riscv64-aia"})
    void whatIsSentToAPeerThatIsNotReadyWaitsForIt(String architecture) {
        try (LifeBoard board = LifeBoard.of(architecture)) {
            byte[] first = talker(architecture, board.diskAddress(), "waiting.");
            byte[] second = talker(architecture, board.diskAddress(), "unused..");
            VmControl control = board.boot(vm(board, "first", 0, 1, first), vm(board, "second", 1, 0, second))
                    .control();
            Vm one = Objects.requireNonNull(control.find(0));
            Vm other = Objects.requireNonNull(control.find(1));
            assertThat(control.stop(other)).isTrue();
            allow(board, one, 1);
            assertThat(board.count(one)).as("its buffer was taken").isPositive();
            assertThat(control.boot(other)).isTrue();
            board.run(1);
            assertThat(received(board, other, 0)).isEqualTo("waiting.");
            assertThat(board.errors()).isEmpty();
        }
    }
}
