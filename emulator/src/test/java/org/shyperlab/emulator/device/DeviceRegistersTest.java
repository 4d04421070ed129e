package org.shyperlab.emulator.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.shyperlab.emulator.core.InterruptInputs;
import org.shyperlab.emulator.device.Register.Access;
import org.shyperlab.emulator.device.aclint.Clint;
import org.shyperlab.emulator.device.aia.Aplic;
import org.shyperlab.emulator.device.aia.Imsic;
import org.shyperlab.emulator.device.gic.GicV2;
import org.shyperlab.emulator.device.gpio.Pl061;
import org.shyperlab.emulator.device.plic.Plic;
import org.shyperlab.emulator.device.rtc.GoldfishRtc;
import org.shyperlab.emulator.device.rtc.Pl031;
import org.shyperlab.emulator.device.storage.MemoryStore;
import org.shyperlab.emulator.device.uart.Pl011;
import org.shyperlab.emulator.device.uart.SerialOutput;
import org.shyperlab.emulator.device.virtio.VirtioBlock;
import org.shyperlab.emulator.device.virtio.VirtioMmio;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.time.CounterScale;

/** What the register tables of all devices promise holds for every register of every device. */
class DeviceRegistersTest {
    private static final int[] SIZES = {1, 2, 4, 8};

    private final RecordedErrors errors = new RecordedErrors();

    /** Pins that lead nowhere. */
    private static final class NoPins implements InterruptInputs {
        @Override
        public void irq(boolean asserted) {}

        @Override
        public void fiq(boolean asserted) {}

        @Override
        public void virtualIrq(boolean asserted) {}

        @Override
        public void virtualFiq(boolean asserted) {}
    }

    private List<MappedDevice> devices() {
        List<MappedDevice> all = new ArrayList<>();
        for (int cores : new int[] {1, 2}) {
            InterruptInputs[] pins = Stream.generate(NoPins::new).limit(cores).toArray(InterruptInputs[]::new);
            GicV2 gic = new GicV2("gic" + cores, 64, pins, errors);
            all.addAll(List.of(gic.distributor(), gic.cpuInterface(), gic.virtualControl(), gic.virtualCpuInterface()));
        }
        all.add(new Pl011("uart0", SerialOutput.UNCONNECTED, InterruptLine.UNCONNECTED, errors));
        all.add(new Pl031("rtc0", 1_000_000, new ManualAlarms(1000), InterruptLine.UNCONNECTED, errors));
        all.add(new Pl061("gpio0", InterruptLine.UNCONNECTED, errors));
        addRiscvDevices(all);
        all.add(new VirtioMmio(
                new VirtioBlock("disk", "serial", new MemoryStore(4096)),
                new AddressSpace(errors),
                InterruptLine.UNCONNECTED,
                errors));
        return all;
    }

    private void addRiscvDevices(List<MappedDevice> all) {
        RecordedPins[] pins = RecordedPins.of(3);
        InterruptLine[] lines =
                Stream.generate(() -> InterruptLine.UNCONNECTED).limit(3).toArray(InterruptLine[]::new);
        ManualAlarms time = new ManualAlarms(1_000_000_000);
        all.add(new Plic("plic", 96, 3, List.of(lines), errors));
        all.add(new Clint("clint", pins, CounterScale.of(1_000_000_000, 10_000_000), time, errors));
        Aplic aplic = new Aplic("aplic", new Aplic.Parameters(96, 3, 8), lines, lines, (address, data) -> {}, errors);
        all.add(aplic.machineDomain());
        all.add(aplic.supervisorDomain());
        Imsic imsic = new Imsic("imsic", 255, 3, pins, errors);
        all.add(imsic.supervisorWindow());
        all.add(new GoldfishRtc("rtc1", 1_000_000, time, InterruptLine.UNCONNECTED, errors));
    }

    private interface Check {
        void run(MappedDevice device, Register register, int n, long offset);
    }

    private Stream<DynamicTest> forEveryRegister(Check check) {
        return devices().stream()
                .map(device -> dynamicTest(device.name(), () -> {
                    int checked = 0;
                    for (Register register : device.registers().registers()) {
                        for (int n = 0; n < register.count(); n++) {
                            errors.clear();
                            device.reset();
                            check.run(device, register, n, register.offset() + 4L * n);
                            checked++;
                        }
                    }
                    assertThat(checked).isGreaterThanOrEqualTo(8);
                }));
    }

    private void expectOneReportNaming(Register register, int n) {
        assertThat(errors.texts()).singleElement().asString().contains(register.name(n));
        errors.clear();
    }

    @TestFactory
    Stream<DynamicTest> everyRegisterHasItsResetValueAlsoAfterItWasWritten() {
        return forEveryRegister((device, register, n, offset) -> {
            if (register.access() == Access.WRITE_ONLY
                    || register.access() == Access.NOT_MODELLED
                    || register.resetVaries()) {
                return;
            }
            long expected = register.reset() & 0xffff_ffffL;
            assertThat(device.read(0, offset, 4)).as(register.name(n)).isEqualTo(expected);
            device.write(0, offset, 4, 0xffff_ffffL);
            device.reset();
            assertThat(device.read(0, offset, 4))
                    .as("%s after reset", register.name(n))
                    .isEqualTo(expected);
        });
    }

    @TestFactory
    Stream<DynamicTest> readOnlyRegistersKeepTheirValueAndReportTheWrite() {
        return forEveryRegister((device, register, n, offset) -> {
            if (register.access() != Access.READ_ONLY) {
                return;
            }
            long before = device.read(0, offset, 4);
            device.write(0, offset, 4, ~before);
            expectOneReportNaming(register, n);
            assertThat(device.read(0, offset, 4)).as(register.name(n)).isEqualTo(before);
        });
    }

    @TestFactory
    Stream<DynamicTest> writeOnlyRegistersReadAsZeroAndReportTheRead() {
        return forEveryRegister((device, register, n, offset) -> {
            if (register.access() == Access.WRITE_ONLY || register.access() == Access.NOT_MODELLED) {
                assertThat(device.read(0, offset, 4)).isZero();
                expectOneReportNaming(register, n);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> plainRegistersHoldNothingBeyondTheirFieldsAndNothingElseHappens() {
        return forEveryRegister((device, register, n, offset) -> {
            if (register.access() != Access.READ_WRITE) {
                return;
            }
            device.write(0, offset, 4, 0xffff_ffffL);
            long ones = device.read(0, offset, 4);
            assertThat(ones & ~register.readMask() & 0xffff_ffffL)
                    .as(register.name(n))
                    .isZero();
            device.write(0, offset, 4, ones);
            assertThat(device.read(0, offset, 4))
                    .as("%s written back", register.name(n))
                    .isEqualTo(ones);
            assertThat(errors.texts()).isEmpty();
        });
    }

    @TestFactory
    Stream<DynamicTest> aByteWriteToAPlainRegisterLeavesTheOtherBytes() {
        return forEveryRegister((device, register, n, offset) -> {
            if (register.access() != Access.READ_WRITE || (register.sizes() & 1) == 0) {
                return;
            }
            device.write(0, offset, 4, 0xffff_ffffL);
            long ones = device.read(0, offset, 4);
            for (int lane = 0; lane < 4; lane++) {
                device.write(0, offset + lane, 1, 0);
                ones &= ~(0xffL << 8 * lane);
                assertThat(device.read(0, offset, 4))
                        .as("%s byte %d", register.name(n), lane)
                        .isEqualTo(ones);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> accessesOfOtherSizesAndMisalignedOnesDoNothingAndAreReported() {
        return forEveryRegister((device, register, n, offset) -> {
            for (int size : SIZES) {
                for (int lane = 0; lane < 4; lane++) {
                    if ((register.sizes() & size) != 0 && (offset + lane) % size == 0) {
                        continue;
                    }
                    assertThat(device.read(0, offset + lane, size)).isZero();
                    expectOneReportNaming(register, n);
                    device.write(0, offset + lane, size, -1L);
                    expectOneReportNaming(register, n);
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> everyOffsetWithoutARegisterReadsAsZeroAndIsReported() {
        return devices().stream()
                .map(device -> dynamicTest(device.name(), () -> {
                    boolean[] taken = new boolean[(int) device.size() / 4];
                    for (Register register : device.registers().registers()) {
                        for (int word = register.offset() / 4; word < register.end() / 4; word++) {
                            taken[word] = true;
                        }
                    }
                    int holes = 0;
                    // Of a wide window every word would take long: a prime step visits all alignments.
                    int step = taken.length > 0x8000 ? 61 : 1;
                    for (int word = 0; word < taken.length; word += step) {
                        if (taken[word]) {
                            continue;
                        }
                        holes++;
                        errors.clear();
                        assertThat(device.read(0, word * 4L, 4)).isZero();
                        device.write(0, word * 4L, 4, -1L);
                        assertThat(errors.texts()).hasSize(2).allMatch(text -> text.endsWith("where no register is"));
                    }
                    assertThat(holes).isGreaterThan(100);
                }));
    }
}
