package org.shyperlab.hypervisor.hypercall;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.hypervisor.TestVcpu;
import org.shyperlab.hypervisor.device.ShyperDevice;

/** Calls through the shyper device of VM 0, whose window is all of its RAM but the first page. */
class CallBlockTest {
    private static final long WINDOW = TestVms.RAM + ShyperDevice.REGISTERS;
    private static final long WINDOW_SIZE = TestVms.RAM_SIZE - ShyperDevice.REGISTERS;
    private static final int CALL = 0x38;
    private static final int RESULT = 0x40;
    private static final int CALL_BLOCK = 0x78;
    private static final int BLOCK_BYTES = 0x48;

    private final TestVms vms = new TestVms(2, false);
    private final TestVcpu vcpu = new TestVcpu(0, 0);
    private final ShyperDevice device = new ShyperDevice(
            "shyper",
            new ShyperDevice.Place(TestVms.RAM, TestVms.RAM_SIZE, vms.memory(0)),
            vms.calls,
            new ShyperDevice.Wire(InterruptLine.UNCONNECTED, () -> {}),
            new ShyperDevice.Port(0, () -> {}),
            (core, source, format, arguments) -> vms.errors.add(format.formatted(arguments)));

    private void block(long offset, long call, long... arguments) {
        vms.writeWords(0, WINDOW + offset, arguments);
        vms.writeWords(0, WINDOW + offset + CALL, call, 0x77);
        device.write(vcpu, CALL_BLOCK, 8, offset);
    }

    private long result(long offset) {
        return vms.words(0, WINDOW + offset + RESULT, 1)[0];
    }

    @Test
    void oneWriteMakesACallAndItsResultIsInTheBlock() {
        block(0x2000, Hypercall.GET_VM_ID.code(), WINDOW);
        assertThat(result(0x2000)).isZero();
        assertThat(vms.words(0, WINDOW, 1)).containsExactly(0);
        block(0x2000, Hypercall.PAUSE_VM.code(), 5);
        assertThat(result(0x2000)).isEqualTo(HypercallError.NO_SUCH_VM.code());
    }

    @Test
    void blocksAndRegistersDoNotMeet() {
        device.write(vcpu, 0, 8, 5);
        block(0x1ff8, Hypercall.PAUSE_VM.code(), 1);
        assertThat(device.read(vcpu, 0, 8)).isEqualTo(5);
        device.write(vcpu, CALL, 8, Hypercall.PAUSE_VM.code());
        assertThat(device.read(vcpu, RESULT, 8)).isEqualTo(HypercallError.NO_SUCH_VM.code());
        assertThat(result(0x1ff8)).as("a block across two pages").isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {4, -8, WINDOW_SIZE, WINDOW_SIZE - BLOCK_BYTES + 8, Long.MIN_VALUE, Long.MAX_VALUE - 7})
    void whatIsNoBlockOfTheWindowIsAGuestErrorAndNoCall(long offset) {
        device.write(vcpu, CALL_BLOCK, 8, offset);
        assertThat(vms.errors).singleElement().asString().contains("which is no block of the window");
        assertThat(vms.lines).isEmpty();
    }

    @Test
    void theLastBlockOfTheWindowIsOne() {
        block(WINDOW_SIZE - BLOCK_BYTES, Hypercall.TEST.code());
        assertThat(result(WINDOW_SIZE - BLOCK_BYTES)).isZero();
        assertThat(vms.lines).hasSize(1);
    }
}
