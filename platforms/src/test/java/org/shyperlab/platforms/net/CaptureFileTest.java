package org.shyperlab.platforms.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shyperlab.emulator.time.AlarmQueue;
import org.shyperlab.emulator.time.VirtualClock;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.hypervisor.net.MacAddress;
import org.shyperlab.hypervisor.net.PcapWriter;
import org.shyperlab.hypervisor.net.SwitchPort;
import org.shyperlab.hypervisor.net.VirtualSwitch;
import org.shyperlab.platforms.input.InputException;

/** Captures, and a guest that reaches the uplink through the switch. */
class CaptureFileTest {
    private static final VirtualClock STOPPED = new VirtualClock() {
        @Override
        public long cycles() {
            return 42;
        }

        @Override
        public long hertz() {
            return 1000;
        }
    };

    @TempDir
    private Path directory;

    @Test
    void aGuestBehindTheSwitchReachesTheUplinkAndBothFramesAreCaptured() throws IOException {
        Path file = directory.resolve("guest.pcap");
        List<String> failures = new ArrayList<>();
        VirtualSwitch network = new VirtualSwitch(new AlarmQueue(STOPPED, () -> {}), GuestErrors.IGNORE);
        try (TestGuest guest = new TestGuest();
                PcapWriter pcap = CaptureFile.open(file, STOPPED, failures::add)) {
            SwitchPort uplinkPort = network.add(VirtualSwitch.NO_VM, "uplink", UserUplink.ADDRESS);
            guest.uplink.connect(uplinkPort);
            uplinkPort.attach(guest.uplink);
            SwitchPort port = network.add(1, "net0", new MacAddress(TestGuest.STATION));
            port.attach(guest);
            port.capture(pcap);
            byte[] ping = TestGuest.ping(TestGuest.GATEWAY, 64);
            assertThat(port.offer(ping, 0, ping.length)).isTrue();
            assertThat(guest.received)
                    .singleElement()
                    .satisfies(reply -> assertThat(reply).hasSameSizeAs(ping));
        }
        assertThat(failures).isEmpty();
        assertThat(Files.size(file)).isEqualTo(24 + 2 * (16 + 98));
    }

    @Test
    void aFileThatCannotBeMadeIsAnErrorWithItsName() {
        Path file = directory.resolve("missing/x.pcap");
        assertThatThrownBy(() -> CaptureFile.open(file, STOPPED, text -> {}))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("missing/x.pcap cannot be written");
    }

    @Test
    void aFullDiskIsToldInWordsOnce() {
        List<String> failures = new ArrayList<>();
        try (PcapWriter pcap = CaptureFile.open(Path.of("/dev/full"), STOPPED, failures::add)) {
            for (int i = 0; i < 1000; i++) {
                pcap.frame(new byte[100], 0, 100);
            }
        }
        assertThat(failures)
                .singleElement()
                .asString()
                .startsWith("The capture file /dev/full is incomplete: ")
                .containsIgnoringCase("space");
    }
}
