package org.shyperlab.platforms.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.core.riscv64.HartInterruptFiles;
import org.shyperlab.emulator.core.riscv64.HartInterruptInputs;
import org.shyperlab.emulator.core.riscv64.InterruptFile;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.time.AlarmQueue;
import org.shyperlab.emulator.time.CounterScale;
import org.shyperlab.emulator.time.VirtualClock;
import org.shyperlab.emulator.trace.GuestErrorLog;

/** The boards' interrupt controllers together, as supervisor-mode software sees them on the bus. */
class RiscvInterruptsTest {
    private static final long APLIC_S = 0xd00_0000L;
    private static final long PLIC = 0xc00_0000L;

    private final List<String> pins = new ArrayList<>();
    private final GuestErrorLog errors = new GuestErrorLog();
    private final AddressSpace bus = new AddressSpace(errors);

    /** Tells of pins that rise. */
    private final class Hart implements HartInterruptInputs {
        private final int index;

        private Hart(int index) {
            this.index = index;
        }

        private void record(String pin, boolean asserted) {
            if (asserted) {
                pins.add("hart" + index + " " + pin);
            }
        }

        @Override
        public void machineExternal(boolean asserted) {
            record("machine", asserted);
        }

        @Override
        public void supervisorExternal(boolean asserted) {
            record("supervisor", asserted);
        }

        @Override
        public void guestExternal(int guestFile, boolean asserted) {
            record("guest" + guestFile, asserted);
        }

        @Override
        public void machineSoftware(boolean asserted) {
            record("software", asserted);
        }

        @Override
        public void machineTimer(boolean asserted) {
            record("timer", asserted);
        }

        @Override
        public void raiseSupervisorSoftware() {
            record("ssip", true);
        }
    }

    private RiscvInterrupts build(String board, int harts) {
        VirtualClock clock = new VirtualClock() {
            @Override
            public long cycles() {
                return 0;
            }

            @Override
            public long hertz() {
                return 1_000_000_000;
            }
        };
        HartInterruptInputs[] inputs = new HartInterruptInputs[harts];
        for (int hart = 0; hart < harts; hart++) {
            inputs[hart] = new Hart(hart);
        }
        return new RiscvInterrupts(
                BoardCatalog.shipped(board).interrupts(),
                inputs,
                bus,
                CounterScale.of(1_000_000_000, 10_000_000),
                new AlarmQueue(clock, () -> {}),
                errors,
                UnaryOperator.identity());
    }

    private void write(long address, int value) {
        bus.write(0, address, 4, value);
    }

    @Test
    void onTheAiaBoardAWireReachesTheGuestFileThatTheSupervisorChose() {
        RiscvInterrupts interrupts = build("qemu-riscv64-aia", 4);
        HartInterruptFiles files = interrupts.files(3);
        InterruptFile guest = files.guest(2);
        guest.write(InterruptFile.EIDELIVERY, 1);
        guest.write(InterruptFile.EIE0, 1L << 10);
        write(APLIC_S, 0x104);
        write(APLIC_S + 4 * 10, 6);
        write(APLIC_S + 0x3000 + 4 * 10, 3 << 18 | 2 << 12 | 10);
        write(APLIC_S + 0x1edc, 10);

        interrupts.source(10).set(true);

        assertThat(pins).containsExactly("hart3 guest2");
        assertThat(guest.top()).isEqualTo(10 << 16 | 10);
        assertThat(errors.count()).isZero();
    }

    @Test
    void everyHartsSupervisorFileIsReachedByTheAddressesThatFirmwareSetUp() {
        for (int harts = 1; harts <= 8; harts++) {
            pins.clear();
            RiscvInterruptsTest fresh = new RiscvInterruptsTest();
            RiscvInterrupts interrupts = fresh.build("qemu-riscv64-aia", harts);
            fresh.write(APLIC_S, 0x104);
            fresh.write(APLIC_S + 4, 1);
            fresh.write(APLIC_S + 0x1edc, 1);
            List<String> expected = new ArrayList<>();
            for (int hart = 0; hart < harts; hart++) {
                InterruptFile file = interrupts.files(hart).supervisor();
                file.write(InterruptFile.EIDELIVERY, 1);
                file.write(InterruptFile.EIE0, 1L << 5);
                fresh.write(APLIC_S + 0x3004, hart << 18 | 5);
                fresh.write(APLIC_S + 0x2000, 1);
                expected.add("hart" + hart + " supervisor");
            }
            assertThat(fresh.pins).isEqualTo(expected);
            assertThat(fresh.errors.count()).isZero();
        }
    }

    @Test
    void onThePlicBoardContextsAlternateBetweenMachineAndSupervisor() {
        RiscvInterrupts interrupts = build("qemu-riscv64", 2);
        assertThat(interrupts.files(0)).isNull();
        write(PLIC + 4 * 10, 1);
        write(PLIC + 0x2000 + 3 * 0x80, 1 << 10);
        interrupts.source(10).set(true);
        assertThat(pins).containsExactly("hart1 supervisor");
        assertThat(bus.read(1, PLIC + 0x20_0004 + 3 * 0x1000, 4)).isEqualTo(10);
        write(PLIC + 0x2000 + 2 * 0x80, 1 << 10);
        write(PLIC + 0x20_0004 + 3 * 0x1000, 10);
        assertThat(pins).contains("hart1 machine");
        assertThat(errors.count()).isZero();
    }
}
