package org.shyperlab.hypervisor.interrupt.riscv64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.aia.Aplic;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.hypervisor.TestVcpu;
import org.shyperlab.hypervisor.vcpu.Vcpu;

class VirtualAplicTest {
    private static final long ROOT = 0x0c00_0000L;
    private static final long BASE = 0x0d00_0000L;
    private static final int SOURCES = 40;
    private static final int IDENTITIES = 63;
    /** vCPU 0 runs on hart 2, vCPU 1 on hart 0. */
    private static final int[] PLACEMENT = {2, 0};

    private static final int GUEST_FILE = 3;
    /** Two sources that the VM has no part in. */
    private static final int FOREIGN_SOURCE = 7;

    private static final int OTHER_FOREIGN_SOURCE = 33;
    private static final int EDGE = 4;
    private static final int LEVEL = 6;
    private static final int[] SIZES = {1, 2, 4, 4, 4, 8};

    /** A message that left the board's APLIC or the virtual one. */
    private record Message(int hart, int file, int identity) {}

    private final AddressSpace bus = new AddressSpace(GuestErrors.IGNORE);
    private final List<String> errors = new ArrayList<>();
    private final List<Message> fromBoard = new ArrayList<>();
    private final List<Message> fromVirtual = new ArrayList<>();
    private final Aplic board = new Aplic(
            "aplic",
            new Aplic.Parameters(SOURCES, 3, 6),
            unconnected(),
            unconnected(),
            (address, data) -> fromBoard.add(messageOf(address, data)),
            GuestErrors.IGNORE);
    private final PhysicalAplic physical = new PhysicalAplic(bus, BASE, SOURCES);
    private final VirtualAplic aplic = new VirtualAplic(
            "vm0/aplic",
            physical,
            new VirtualAplic.Place(PLACEMENT, GUEST_FILE, IDENTITIES),
            (vcpu, identity) -> fromVirtual.add(new Message(vcpu, 0, identity)),
            0x8000,
            (core, source, format, arguments) -> errors.add(source + ": " + format.formatted(arguments)));
    private final Vcpu[] vcpus = {new TestVcpu(0, PLACEMENT[0]), new TestVcpu(1, PLACEMENT[1])};

    private static InterruptLine[] unconnected() {
        return new InterruptLine[] {
            InterruptLine.UNCONNECTED, InterruptLine.UNCONNECTED, InterruptLine.UNCONNECTED, InterruptLine.UNCONNECTED
        };
    }

    /** The board's firmware puts hart h's file f at page 4 x h + f. */
    private static Message messageOf(long address, int data) {
        return new Message((int) (address >>> 14), (int) (address >>> 12) & 3, data);
    }

    @BeforeEach
    void boardIsInitialisedAndTheVmOwnsAllButTwoSources() {
        bus.attach(board.machineDomain(), ROOT);
        bus.attach(board.supervisorDomain(), BASE);
        bus.write(Device.NO_CORE, ROOT + AplicMap.MMSIADDRCFGH, 4, 2 << 12);
        bus.write(Device.NO_CORE, ROOT + AplicMap.SMSIADDRCFGH, 4, 2 << 20);
        for (int source = 1; source <= SOURCES; source++) {
            bus.write(Device.NO_CORE, ROOT + 4L * source, 4, 1 << 10);
        }
        physical.initialise(0);
        for (int source = 1; source <= SOURCES; source++) {
            if (source != FOREIGN_SOURCE && source != OTHER_FOREIGN_SOURCE) {
                aplic.link(source);
            }
        }
    }

    private void write(long offset, long value) {
        aplic.write(vcpus[0], offset, 4, value & 0xffff_ffffL);
    }

    private long read(long offset) {
        return aplic.read(vcpus[1], offset, 4);
    }

    private long onBoard(long offset) {
        return bus.read(Device.NO_CORE, BASE + offset, 4);
    }

    private boolean isEnabledOnTheBoard(int source) {
        return (onBoard(AplicMap.SETIE + 4L * (source >>> 5)) >>> (source & 31) & 1) != 0;
    }

    private void setUp(int source, int mode, int target) {
        write(AplicMap.DOMAINCFG, AplicMap.DOMAINCFG_IE | AplicMap.DOMAINCFG_DM);
        write(AplicMap.sourceConfiguration(source), mode);
        write(AplicMap.target(source), target);
        write(AplicMap.SETIE + AplicMap.NUMBER, source);
    }

    @Test
    void theBoardSendsAnInterruptToTheGuestFileOfTheHartOnWhichTheVcpuRuns() {
        setUp(10, EDGE, AplicMap.target(0, 0, 21));
        setUp(11, EDGE, AplicMap.target(1, 0, 22));
        board.source(10).set(true);
        board.source(11).set(true);
        assertThat(fromBoard).containsExactly(new Message(2, GUEST_FILE, 21), new Message(0, GUEST_FILE, 22));
        assertThat(fromVirtual).isEmpty();
        assertThat(read(AplicMap.target(11))).as("as written").isEqualTo(AplicMap.target(1, 0, 22));
        assertThat(errors).isEmpty();
    }

    @Test
    void aLevelThatStaysHighIsSentAgainWhenTheGuestAsksForIt() {
        setUp(10, LEVEL, 21);
        board.source(10).set(true);
        assertThat(fromBoard).hasSize(1);
        assertThat(read(AplicMap.CLRIP)).as("in_clrip").isEqualTo(1 << 10);
        write(AplicMap.SETIPNUM_LE, 10);
        assertThat(fromBoard).hasSize(2);
        board.source(10).set(false);
        write(AplicMap.SETIPNUM_LE, 10);
        assertThat(fromBoard).hasSize(2);
        assertThat(read(AplicMap.CLRIP)).isZero();
    }

    @Test
    void whatTheGuestSetsUpAgainAsItIsMakesNoLevelCountTwice() {
        setUp(10, LEVEL, 21);
        board.source(10).set(true);
        setUp(10, LEVEL, 21);
        assertThat(fromBoard).hasSize(1);
    }

    @Test
    void anInterruptThatComesWhileItIsDisabledIsPendingUntilTheGuestEnablesIt() {
        setUp(10, EDGE, 21);
        write(AplicMap.DOMAINCFG, AplicMap.DOMAINCFG_DM);
        assertThat(isEnabledOnTheBoard(10)).isFalse();
        board.source(10).set(true);
        assertThat(fromBoard).isEmpty();
        assertThat(read(AplicMap.SETIP)).isEqualTo(1 << 10);
        write(AplicMap.DOMAINCFG, AplicMap.DOMAINCFG_DM | AplicMap.DOMAINCFG_IE);
        assertThat(fromBoard).containsExactly(new Message(2, GUEST_FILE, 21));
        assertThat(read(AplicMap.SETIP)).isZero();
        write(AplicMap.CLRIE, 1 << 10);
        board.source(10).set(false);
        board.source(10).set(true);
        write(AplicMap.CLRIP, 1 << 10);
        write(AplicMap.SETIE, 1 << 10);
        assertThat(fromBoard).hasSize(1);
        write(AplicMap.SETIP, 1 << 10);
        assertThat(fromBoard).hasSize(2);
    }

    @Test
    void anEmulatedDevicesLineBecomesAMessageToTheVcpu() {
        setUp(FOREIGN_SOURCE, LEVEL, AplicMap.target(1, 0, 9));
        aplic.source(FOREIGN_SOURCE).set(true);
        assertThat(fromVirtual).containsExactly(new Message(1, 0, 9));
        write(AplicMap.SETIPNUM_BE, Integer.reverseBytes(FOREIGN_SOURCE));
        assertThat(fromVirtual).as("still high").hasSize(2);
        board.source(FOREIGN_SOURCE).set(true);
        assertThat(fromVirtual).hasSize(2);
        assertThat(fromBoard).isEmpty();
        assertThat(onBoard(AplicMap.sourceConfiguration(FOREIGN_SOURCE))).isZero();
    }

    @Test
    void aMessageThatTheGuestGeneratesGoesToItsOwnVcpusOnly() {
        setUp(10, EDGE, 21);
        write(AplicMap.GENMSI, AplicMap.target(1, 0, 30));
        assertThat(fromVirtual).containsExactly(new Message(1, 0, 30));
        write(AplicMap.GENMSI, AplicMap.target(2, 0, 30));
        assertThat(fromVirtual).hasSize(1);
        assertThat(errors)
                .containsExactly("vm0/aplic: message 30 to guest file 0 of hart 2, which the VM has not, is lost");
    }

    @ParameterizedTest
    @CsvSource({
        "0x3028, 0x80015, target 0x80015: hart 2 of 2",
        "0x3028, 0x1015, 'target 0x1015: guest file 1, and the VM''s harts have none'",
        "0x3028, 0x40, target 0x40: identity 64 of 63",
        "0x0028, 0x400, sourcecfg 0x400: the domain has no child to delegate a source to",
        "0x0028, 3, sourcecfg 0x3: mode 3 is reserved",
        "0x0000, 0x100, domaincfg 0x100: the domain only sends messages (DM stays 1)",
        "0x1edc, 41, source 41 of 40",
        "0x2000, -1, source 4294967295 of 40",
        "0x1bc0, 1, 'write of 4 bytes at offset 0x1bc0, where no register is'",
        "0x1e08, 1, 'write of 4 bytes at offset 0x1e08, where no register is'",
        "0x30a4, 1, 'write of 4 bytes at offset 0x30a4, where no register is'",
        "0x4000, 1, access at offset 0x4000: a domain that only sends messages has nothing there",
    })
    void whatNoGuestMayWriteIsReportedAndSilencesTheSourceAtMost(String offset, String value, String complaint) {
        setUp(10, EDGE, 21);
        write(Long.decode(offset), Long.decode(value));
        assertThat(errors).first().asString().startsWith("vm0/aplic").endsWith(complaint);
        board.source(10).set(true);
        assertThat(fromBoard).allMatch(message -> message.hart() == 2 && message.file() == GUEST_FILE);
    }

    @Test
    void resetOfTheVmLeavesTheBoardWithoutItsInterrupts() {
        setUp(10, EDGE, 21);
        aplic.reset();
        board.source(10).set(true);
        assertThat(fromBoard).isEmpty();
        assertThat(isEnabledOnTheBoard(10)).isFalse();
        assertThat(read(AplicMap.sourceConfiguration(10))).isZero();
        assertThat(read(AplicMap.DOMAINCFG)).isEqualTo(0x8000_0004L);
        board.source(10).set(false);
        setUp(10, EDGE, 22);
        board.source(10).set(true);
        assertThat(fromBoard).containsExactly(new Message(2, GUEST_FILE, 22));
    }

    @Test
    void aSourceThatTheBoardHasNotCannotBeGiven() {
        assertThatThrownBy(() -> aplic.link(SOURCES + 1)).hasMessageContaining("has sources 1 to 40, not 41");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void noAccessWhateverReachesAForeignSourceOrHartOrFile(long seed) {
        bus.write(Device.NO_CORE, BASE + AplicMap.sourceConfiguration(FOREIGN_SOURCE), 4, EDGE);
        bus.write(Device.NO_CORE, BASE + AplicMap.target(FOREIGN_SOURCE), 4, AplicMap.target(1, 1, 5));
        bus.write(Device.NO_CORE, BASE + AplicMap.SETIE, 4, 1 << FOREIGN_SOURCE);
        Random random = new Random(seed);
        for (int step = 0; step < 40_000; step++) {
            Vcpu vcpu = vcpus[random.nextInt(2)];
            long offset = offset(random);
            int width = SIZES[random.nextInt(SIZES.length)];
            if (random.nextInt(4) == 0) {
                aplic.read(vcpu, offset, width);
            } else {
                aplic.write(vcpu, offset, width, value(random, offset));
            }
            int source = 1 + random.nextInt(SOURCES);
            if (source != FOREIGN_SOURCE) {
                board.source(source).set(random.nextBoolean());
            }
        }
        assertThat(fromBoard)
                .hasSizeGreaterThan(100)
                .allMatch(message -> message.file() == GUEST_FILE
                        && (message.hart() == PLACEMENT[0] || message.hart() == PLACEMENT[1]));
        assertThat(fromVirtual).hasSizeGreaterThan(10).allMatch(message -> message.hart() < 2);
        assertThat(onBoard(AplicMap.sourceConfiguration(FOREIGN_SOURCE))).isEqualTo(EDGE);
        assertThat(onBoard(AplicMap.target(FOREIGN_SOURCE))).isEqualTo(AplicMap.target(1, 1, 5));
        assertThat(isEnabledOnTheBoard(FOREIGN_SOURCE)).isTrue();
        assertThat(onBoard(AplicMap.sourceConfiguration(OTHER_FOREIGN_SOURCE))).isZero();
        assertThat(onBoard(AplicMap.DOMAINCFG)).isEqualTo(0x8000_0104L);
        assertThat(errors).isNotEmpty();
    }

    private static long offset(Random random) {
        int source = random.nextInt(SOURCES + 2);
        return switch (random.nextInt(8)) {
            case 0 -> random.nextInt(0x8000);
            case 1, 2 -> AplicMap.sourceConfiguration(source);
            case 3, 4 -> AplicMap.target(source);
            case 5 -> AplicMap.SETIP + 0x100L * random.nextInt(4) + 4L * random.nextInt(3);
            case 6 -> AplicMap.SETIP + 0x100L * random.nextInt(4) + AplicMap.NUMBER;
            default -> AplicMap.SETIPNUM_LE + 4L * random.nextInt(2);
        };
    }

    private static long value(Random random, long offset) {
        if (offset == 0) {
            return random.nextInt(16) == 0 ? random.nextInt() : AplicMap.DOMAINCFG_IE | AplicMap.DOMAINCFG_DM;
        }
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt() & 0xffff_ffffL;
            case 1 -> AplicMap.target(random.nextInt(3), random.nextInt(2), random.nextInt(IDENTITIES));
            case 2 -> -1L;
            default -> random.nextInt(SOURCES + 2);
        };
    }
}
