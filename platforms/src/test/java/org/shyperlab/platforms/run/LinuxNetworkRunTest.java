package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.platforms.scenario.ScenarioCatalog;

/**
 * Two Debian VMs in one network: the first gives the second its address by DHCP, and reaches the host through the uplink for itself and,
 * by its own address translation, for the second.
 */
class LinuxNetworkRunTest {
    private static final String SCENARIO = """
            scenario: network
            description: for a test
            board: %s
            cores: 2
            memory: 512M
            guest:
              kernel: shipped:linux
              initrd: shipped:linux
            vms: [vm0.json, vm1.json]
            uplink: linux1
            captures:
              - {vm: linux1, device: net, file: lan.pcap}
              - {vm: 0, device: uplink, file: wan.pcap}
            walkthrough:
              - vm: linux1
                run: |
                  ip addr add 10.0.0.1/24 dev eth0; ip link set eth0 up; ip link set eth1 up
                  ip addr add 10.0.2.15/24 dev eth1; ip route add default via 10.0.2.2
                  echo 1 > /proc/sys/net/ipv4/ip_forward
                  iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE
                  mkdir -p /var/lib/misc /var/run; touch /var/lib/misc/udhcpd.leases
                  printf 'start 10.0.0.20\\nend 10.0.0.20\\ninterface eth0\\nmax_leases 1\\noption router 10.0.0.1\\n' > /etc/udhcpd.conf
                  echo 'option subnet 255.255.255.0' >> /etc/udhcpd.conf
                  udhcpd -f /etc/udhcpd.conf &
                  echo from linux1 | nc 10.0.2.2 %d
                  nc -l -p 5000
                expect: ["host greets linux1", "let go", "shyper-exec: exit 0"]
              - vm: linux2
                run: |
                  ip link set eth0 up
                  echo '[ "$1" = bound ] && ip addr add $ip/24 dev eth0 && ip route add default via $router' > /tmp/got
                  sed -i '1i #!/bin/sh' /tmp/got; chmod +x /tmp/got
                  udhcpc -i eth0 -n -q -t 30 -T 1 -s /tmp/got
                  ping -c 3 10.0.0.1
                  until echo from linux2 | nc 10.0.2.2 %d; do usleep 100000; done
                  until echo let go | nc 10.0.0.1 5000; do usleep 100000; done
                expect:
                  - "lease of 10.0.0.20 obtained from 10.0.0.1"
                  - "3 packets transmitted, 3 packets received, 0%% packet loss"
                  - "host greets linux2"
                  - "shyper-exec: exit 0"
            """;

    @TempDir
    private Path directory;

    /** A service of the host's loopback address that greets whoever says who he is. */
    private static final class Greeter implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 4, InetAddress.getLoopbackAddress());
        private final List<String> heard = new ArrayList<>();

        Greeter() throws IOException {
            Thread.ofPlatform().daemon().name("greeter").unstarted(this::serve).start();
        }

        private void serve() {
            try {
                while (true) {
                    try (Socket client = socket.accept()) {
                        byte[] line = client.getInputStream().readNBytes("from linux1\n".length());
                        String said = new String(line, StandardCharsets.US_ASCII).strip();
                        synchronized (heard) {
                            heard.add(said);
                        }
                        client.getOutputStream()
                                .write(said.replace("from", "host greets")
                                        .concat("\n")
                                        .getBytes(StandardCharsets.US_ASCII));
                    }
                }
            } catch (IOException end) {
                // The test has closed the socket.
            }
        }

        List<String> heard() {
            synchronized (heard) {
                return List.copyOf(heard);
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "qemu-aarch64, vm0-eight.json, vm1-eight.json",
        "qemu-riscv64, vm0-riscv64-eight.json, vm1-riscv64-eight.json"
    })
    void oneServesTheOtherAnAddressAndTheHostAndAllOfItIsCaptured(String board, String vm0, String vm1)
            throws IOException {
        Files.writeString(directory.resolve("vm0.json"), Execution.vm(vm0));
        Files.writeString(directory.resolve("vm1.json"), Execution.vm(vm1));
        List<String> told = new ArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Greeter greeter = new Greeter();
                ConsoleOutput output = new ConsoleOutput(bytes)) {
            int port = greeter.socket.getLocalPort();
            Path file = Files.writeString(directory.resolve("network.yaml"), SCENARIO.formatted(board, port, port));
            RunOptions options = Execution.unattended(60_000_000_000L);
            long nanos;
            try (Run run = RunBuilder.build(ScenarioCatalog.load(file.toString()), options, output, told::add)) {
                Outcome outcome = run.execute();
                output.flush();
                assertThat(outcome)
                        .as("%s %s", run.walkthrough(), bytes.toString(StandardCharsets.UTF_8))
                        .isEqualTo(new Outcome(Outcome.SUCCESS, "powered off"));
                assertThat(run.errors().entries()).isEmpty();
                nanos = (long) (run.statistics().virtualSeconds() * 1e9);
            }
            assertThat(greeter.heard()).containsExactlyInAnyOrder("from linux1", "from linux2");
            assertLanWasCaptured(nanos);
            assertWanWasCaptured();
        }
        assertThat(told).anyMatch(text -> text.contains("127.0.0.1 at 10.0.2.2, and the run is not deterministic"));
    }

    private void assertLanWasCaptured(long until) throws IOException {
        List<Pcap.Frame> frames = Pcap.read(directory.resolve("lan.pcap"));
        assertThat(frames).isSortedAccordingTo((one, other) -> Long.compare(one.nanos(), other.nanos()));
        assertThat(frames).allMatch(frame -> frame.nanos() > 0 && frame.nanos() <= until);
        assertThat(frames.stream().filter(Pcap.Frame::isArp).count()).isGreaterThanOrEqualTo(2);
        assertThat(frames.stream().filter(frame -> frame.icmp() == 8)).hasSize(3);
        assertThat(frames.stream().filter(frame -> frame.icmp() == 0)).hasSize(3);
        assertThat(frames).anyMatch(frame -> frame.isUdp(68, 67)).anyMatch(frame -> frame.isUdp(67, 68));
    }

    /** Behind the first VM, nobody sees the second one's address. */
    private void assertWanWasCaptured() throws IOException {
        List<Pcap.Frame> frames = Pcap.read(directory.resolve("wan.pcap"));
        List<Pcap.Frame> tcp = frames.stream()
                .filter(frame -> frame.type() == 0x800 && frame.bytes()[23] == 6)
                .toList();
        assertThat(tcp).isNotEmpty();
        for (Pcap.Frame frame : tcp) {
            byte[] bytes = frame.bytes();
            assertThat(List.of(address(bytes, 26), address(bytes, 30)))
                    .containsExactlyInAnyOrder("10.0.2.15", "10.0.2.2");
        }
    }

    private static String address(byte[] frame, int at) {
        return "%d.%d.%d.%d"
                .formatted(frame[at] & 0xff, frame[at + 1] & 0xff, frame[at + 2] & 0xff, frame[at + 3] & 0xff);
    }
}
