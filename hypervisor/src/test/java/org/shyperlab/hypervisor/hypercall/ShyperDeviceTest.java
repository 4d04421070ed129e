package org.shyperlab.hypervisor.hypercall;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.hypervisor.TestVcpu;
import org.shyperlab.hypervisor.device.ShyperDevice;

/** The registers of the shyper device, as user space of VM 0 sees them. */
class ShyperDeviceTest {
    private static final long BASE = 0xb00_0000;
    private static final long SIZE = 0x40_1000;
    private static final int CALL = 0x38;
    private static final int RESULT = 0x40;
    private static final int INTERRUPT = 0x68;
    private static final int PORT = 0x70;

    private final TestVms vms = new TestVms(2, false);
    private final TestVcpu vcpu = new TestVcpu(0, 0);
    private final List<Boolean> line = new ArrayList<>();
    private int rung;
    private final ShyperDevice device = new ShyperDevice(
            "shyper",
            new ShyperDevice.Place(BASE, SIZE, vms.memory(0)),
            vms.calls,
            new ShyperDevice.Wire(line::add, () -> line.add(true)),
            new ShyperDevice.Port(0xa00_4000, () -> rung++),
            (core, source, format, arguments) -> vms.errors.add(format.formatted(arguments)));

    @ParameterizedTest
    @CsvSource({"0x48, 0xb001000", "0x50, 0x400000", "0x58, 0", "0x60, 0x3130524550594853", "0x68, 0", "0x70, 0xa004000"
    })
    void registersTellWhereTheWindowAndThePortAreAndWhoseTheDeviceIs(String register, String value) {
        assertThat(device.read(vcpu, Long.decode(register), 8)).isEqualTo(Long.decode(value));
        assertThat(vms.errors).isEmpty();
    }

    @Test
    void aCallIsCarriedOutWhenItsCodeIsWrittenWithTheArgumentsBeforeIt() {
        device.write(vcpu, 0, 8, 1);
        assertThat(device.read(vcpu, RESULT, 8)).as("nothing was called").isZero();
        device.write(vcpu, CALL, 8, Hypercall.GET_VM_STATE.code());
        assertThat(device.read(vcpu, RESULT, 8)).as("VmActive").isEqualTo(2);
        device.write(vcpu, 0, 8, 7);
        device.write(vcpu, CALL, 8, Hypercall.GET_VM_STATE.code());
        assertThat(device.read(vcpu, RESULT, 8)).isEqualTo(HypercallError.NO_SUCH_VM.code());
        device.write(vcpu, CALL, 8, 0xffff);
        assertThat(device.read(vcpu, RESULT, 8)).isEqualTo(HypercallError.UNKNOWN_CALL.code());
    }

    @ParameterizedTest
    @CsvSource({"0x38, 4", "0x38, 1", "0x39, 8", "0x3c, 8", "0x34, 4", "0x41, 2", "0xffc, 8", "0xfff, 1"})
    void accessesThatAreNotEightAlignedBytesReadZeroAndCallNothing(String offset, int width) {
        device.write(vcpu, Long.decode(offset), width, Hypercall.TEST.code());
        assertThat(device.read(vcpu, Long.decode(offset), width)).isZero();
        assertThat(vms.lines).isEmpty();
        assertThat(vms.errors).hasSize(2).allMatch(error -> error.contains("registers are 8 aligned bytes"));
    }

    @ParameterizedTest
    @ValueSource(longs = {0x80, 0x100, 0xff8})
    void registersThatAreNotThereReadZeroAndCannotBeWritten(long offset) {
        assertThat(device.read(vcpu, offset, 8)).isZero();
        assertThat(vms.errors).isEmpty();
        device.write(vcpu, offset, 8, -1);
        assertThat(vms.errors).singleElement().asString().contains("which is read-only");
    }

    @ParameterizedTest
    @ValueSource(longs = {RESULT, 0x48, 0x50, 0x58, 0x60})
    void whatTheDeviceTellsCannotBeWritten(long offset) {
        long before = device.read(vcpu, offset, 8);
        device.write(vcpu, offset, 8, ~before);
        assertThat(device.read(vcpu, offset, 8)).isEqualTo(before);
        assertThat(vms.errors).singleElement().asString().contains("which is read-only");
    }

    @Test
    void theInterruptIsUpUntilTheGuestLowersItAndResetLowersItToo() {
        device.notifyGuest();
        device.notifyGuest();
        assertThat(device.read(vcpu, INTERRUPT, 8)).isEqualTo(1);
        device.write(vcpu, INTERRUPT, 8, 0);
        assertThat(device.read(vcpu, INTERRUPT, 8)).isZero();
        device.notifyGuest();
        device.reset();
        assertThat(line).containsExactly(true, false, true, false);
    }

    @Test
    void aWriteToThePortRegisterRingsIt() {
        device.write(vcpu, PORT, 8, 0);
        assertThat(rung).isEqualTo(1);
    }
}
