package org.shyperlab.emulator.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.memory.PhysicalMemory;

class SbiTest {
    private static final long RAM = 0x8000_0000L;

    private final List<String> done = new ArrayList<>();
    private final AddressSpace bus = new AddressSpace((core, source, format, arguments) -> done.add("error"));

    /** Of four harts 0 and 1 are on. */
    private final PowerState[] states = {PowerState.ON, PowerState.ON, PowerState.OFF, PowerState.OFF};

    private final Sbi sbi = new Sbi(new RecordedPower(states, done), new Harts(), bus);

    private boolean hypervisorExtension = true;

    private final class Harts implements SbiHarts {
        @Override
        public boolean hasHypervisorExtension() {
            return hypervisorExtension;
        }

        @Override
        public void timer(int hart, long ticks) {
            done.add("timer %d %d".formatted(hart, ticks));
        }

        @Override
        public void softwareInterrupt(int hart) {
            done.add("interrupt " + hart);
        }

        @Override
        public void flushTranslations() {
            done.add("flush");
        }

        @Override
        public void write(int character) {
            done.add("write " + (char) character);
        }

        @Override
        public int read() {
            return done.size() < 2 ? 'r' : -1;
        }
    }

    @BeforeEach
    void addRam() {
        bus.addRam(new PhysicalMemory("ram", RAM, Arena.ofAuto().allocate(4096, 4096)));
    }

    private long call(long extension, long function, long... arguments) {
        long[] all = java.util.Arrays.copyOf(arguments, 3);
        return sbi.call(0, extension, function, all[0], all[1], all[2]);
    }

    @Test
    void theBaseTellsVersionTwoAndWhichExtensionsThereAre() {
        assertThat(call(Sbi.BASE, 0)).isZero();
        assertThat(sbi.value()).isEqualTo(0x0200_0000);
        for (int extension : new int[] {Sbi.BASE, Sbi.TIME, Sbi.IPI, Sbi.RFENCE, Sbi.HSM, Sbi.SRST, Sbi.DBCN}) {
            assertThat(call(Sbi.BASE, 3, extension)).isZero();
            assertThat(sbi.value()).isEqualTo(1);
        }
        assertThat(call(Sbi.BASE, 3, 0x504d55)).isZero();
        assertThat(sbi.value()).isZero();
        assertThat(call(0x504d55, 0)).isEqualTo(Sbi.NOT_SUPPORTED);
        assertThat(call(1L << 32 | Sbi.BASE, 0)).isEqualTo(Sbi.NOT_SUPPORTED);
    }

    @Test
    void interruptsReachTheHartsThatTheMaskNamesAndThatAreOn() {
        assertThat(call(Sbi.IPI, 0, 0b111, 0)).isZero();
        assertThat(call(Sbi.IPI, 0, 1, 1)).isZero();
        assertThat(call(Sbi.IPI, 0, 0, -1)).isZero();
        assertThat(done).containsExactly("interrupt 0", "interrupt 1", "interrupt 1", "interrupt 0", "interrupt 1");
    }

    @Test
    void aMaskWithAHartThatDoesNotExistIsRefusedWhole() {
        assertThat(call(Sbi.IPI, 0, 0b10000, 0)).isEqualTo(Sbi.INVALID_PARAMETER);
        assertThat(call(Sbi.IPI, 0, 0b10, 3)).isEqualTo(Sbi.INVALID_PARAMETER);
        assertThat(call(Sbi.IPI, 0, 1, 4)).isEqualTo(Sbi.INVALID_PARAMETER);
        assertThat(call(Sbi.RFENCE, 1, 1, 4)).isEqualTo(Sbi.INVALID_PARAMETER);
        assertThat(done).isEmpty();
    }

    @Test
    void aHartIsStartedOnceAndOnlyWhereMemoryIs() {
        assertThat(call(Sbi.HSM, 0, 2, RAM, 42)).isZero();
        assertThat(call(Sbi.HSM, 0, 1, RAM, 42)).isEqualTo(Sbi.ALREADY_AVAILABLE);
        assertThat(call(Sbi.HSM, 0, 4, RAM, 42)).isEqualTo(Sbi.INVALID_PARAMETER);
        assertThat(call(Sbi.HSM, 0, 3, 0x1000, 42)).isEqualTo(Sbi.INVALID_ADDRESS);
        assertThat(done).containsExactly("on 2 80000000 42");
        assertThat(call(Sbi.HSM, 2, 1)).isZero();
        assertThat(sbi.value()).isZero();
        assertThat(call(Sbi.HSM, 2, 3)).isZero();
        assertThat(sbi.value()).isEqualTo(1);
    }

    @Test
    void aHartTellsWhetherItIsStartingOrSuspended() {
        states[2] = PowerState.STARTING;
        states[3] = PowerState.SUSPENDED;
        assertThat(call(Sbi.HSM, 2, 2)).isZero();
        assertThat(sbi.value()).as("START_PENDING").isEqualTo(2);
        assertThat(call(Sbi.HSM, 2, 3)).isZero();
        assertThat(sbi.value()).as("SUSPENDED").isEqualTo(4);
        assertThat(call(Sbi.HSM, 2, 4)).isEqualTo(Sbi.INVALID_PARAMETER);
        assertThat(call(Sbi.HSM, 2, -1)).isEqualTo(Sbi.INVALID_PARAMETER);
        assertThat(call(Sbi.HSM, 0, 2, RAM, 42)).isEqualTo(Sbi.ALREADY_AVAILABLE);
        assertThat(call(Sbi.HSM, 0, 3, RAM, 42)).isEqualTo(Sbi.ALREADY_AVAILABLE);
        assertThat(done).isEmpty();
    }

    /** SBI 2.0, hart suspend types: reserved types and a platform's that there are not are wrong arguments, wherever the hart was to resume. */
    @Test
    void aHartIsSuspendedByTheDefaultRetentiveTypeOnly() {
        for (long type :
                new long[] {1, 0x0fff_ffff, 0x1000_0000, 0x7fff_ffff, 0x8000_0001L, 0x9000_0000L, 0xffff_ffffL}) {
            assertThat(call(Sbi.HSM, 3, type, RAM, 42)).as("type 0x%x", type).isEqualTo(Sbi.INVALID_PARAMETER);
        }
        assertThat(call(Sbi.HSM, 3, 0x8000_0000L, RAM, 42)).isEqualTo(Sbi.NOT_SUPPORTED);
        assertThat(call(Sbi.HSM, 3, 0x8000_0000L, 1, 42)).isEqualTo(Sbi.NOT_SUPPORTED);
        assertThat(call(Sbi.HSM, 3, 0xffff_ffff_8000_0000L, RAM, 42))
                .as("32 bits, sign-extended")
                .isEqualTo(Sbi.NOT_SUPPORTED);
        assertThat(call(Sbi.HSM, 4)).isEqualTo(Sbi.NOT_SUPPORTED);
        assertThat(done).isEmpty();
        assertThat(call(Sbi.HSM, 3, 0, 1, 42)).as("no address is needed").isZero();
        assertThat(done).containsExactly("suspend 0");
    }

    @Test
    void fencesOfTheSecondStageAreForThoseWhoSeeTheHypervisorExtension() {
        for (int function = 0; function <= 6; function++) {
            assertThat(call(Sbi.RFENCE, function, 1, 0))
                    .as("fence %d", function)
                    .isZero();
        }
        hypervisorExtension = false;
        done.clear();
        for (int function = 3; function <= 6; function++) {
            assertThat(call(Sbi.RFENCE, function, 1, 0))
                    .as("fence %d", function)
                    .isEqualTo(Sbi.NOT_SUPPORTED);
        }
        assertThat(call(Sbi.RFENCE, 7, 1, 0)).isEqualTo(Sbi.NOT_SUPPORTED);
        assertThat(done).isEmpty();
        for (int function = 0; function <= 2; function++) {
            assertThat(call(Sbi.RFENCE, function, 1, 0))
                    .as("fence %d", function)
                    .isZero();
        }
        assertThat(done).containsExactly("flush", "flush", "flush");
    }

    @Test
    void powerAndTimerGoToTheMachine() {
        call(Sbi.TIME, 0, 77);
        call(0, 0, 78);
        call(Sbi.HSM, 1);
        call(Sbi.HSM, 3, 0);
        call(Sbi.SRST, 0, 0);
        call(Sbi.SRST, 0, 1);
        call(8, 0);
        assertThat(done)
                .containsExactly(
                        "timer 0 77", "timer 0 78", "off 0", "suspend 0", "system off", "system reset", "system off");
        assertThat(call(Sbi.SRST, 0, 7)).isEqualTo(Sbi.INVALID_PARAMETER);
        assertThat(call(Sbi.HSM, 3, 0x8000_0000L)).isEqualTo(Sbi.NOT_SUPPORTED);
    }

    @Test
    void theDebugConsoleWritesFromMemoryAndReadsWhatIsThere() {
        bus.write(-1, RAM, 2, 'o' | 'k' << 8);
        assertThat(call(Sbi.DBCN, 0, 2, RAM)).isZero();
        assertThat(sbi.value()).isEqualTo(2);
        assertThat(call(Sbi.DBCN, 0, 2, RAM + 4095)).isEqualTo(Sbi.INVALID_PARAMETER);
        assertThat(call(Sbi.DBCN, 0, -1, RAM)).isEqualTo(Sbi.INVALID_PARAMETER);
        assertThat(done).containsExactly("write o", "write k");
        assertThat(call(Sbi.DBCN, 1, 4, RAM + 8)).isZero();
        assertThat(sbi.value()).isZero();
        done.clear();
        assertThat(call(Sbi.DBCN, 1, 4, RAM + 8)).isZero();
        assertThat(sbi.value()).isEqualTo(4);
        assertThat(bus.read(-1, RAM + 8, 4)).isEqualTo(0x7272_7272);
    }
}
