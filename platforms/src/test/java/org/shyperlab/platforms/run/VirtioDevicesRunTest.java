package org.shyperlab.platforms.run;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.emulator.device.virtio.StreamSink;
import org.shyperlab.emulator.device.virtio.VirtioConsole;
import org.shyperlab.emulator.device.virtio.VirtioEntropy;
import org.shyperlab.emulator.device.virtio.VirtioNet;
import org.shyperlab.emulator.device.virtio.VirtioSlots;
import org.shyperlab.emulator.machine.StopReason;
import org.shyperlab.emulator.trace.GuestErrorLog;
import org.shyperlab.emulator.trace.Trace;
import org.shyperlab.guestimages.debian.DebianPackages;
import org.shyperlab.guestimages.linux.LinuxGuest;
import org.shyperlab.platforms.board.Board;
import org.shyperlab.platforms.board.BoardCatalog;
import org.shyperlab.platforms.board.Platform;
import org.shyperlab.platforms.net.UserUplink;

/** Debian's own drivers on our network, console and entropy devices. */
class VirtioDevicesRunTest {
    private static final long RAM = 512L << 20;
    private static final long LIMIT = 60_000_000_000L;
    private static final byte[] ADDRESS = {0x02, 0x53, 0x68, 0x79, 0, 0x10};

    private static final String COMMANDS = """
            ip link set eth0 up
            udhcpc -i eth0 -n -q -s /bin/true 2>&1
            ip addr add 10.0.2.15/24 dev eth0
            ping -c 3 -s 1400 10.0.2.2 | grep received
            ping -c 200 -i 0.002 -q 10.0.2.2 | grep received
            cat /sys/class/net/eth0/address /sys/class/net/eth0/mtu /sys/class/net/eth0/carrier
            dd if=/dev/hwrng bs=64 count=4 2>/dev/null | md5sum
            exec 3<>/dev/hvc0
            stty -F /dev/hvc0 -echo
            seq 1 2000 >&3
            echo ready >&3
            read line <&3
            echo "typed: $line"
            """;

    /** The other end of the console: keeps what it gets, and answers when the guest is ready. */
    private static final class Terminal implements StreamSink {
        private final StringBuilder text = new StringBuilder();
        private @Nullable VirtioConsole console;

        @Override
        public int offer(byte[] buffer, int offset, int length) {
            text.append(new String(buffer, offset, length, US_ASCII));
            if (text.indexOf("ready") >= 0 && console != null) {
                byte[] answer = "hello from outside\n".getBytes(US_ASCII);
                assertThat(console.offer(answer, 0, answer.length)).isEqualTo(answer.length);
                console = null;
            }
            return length;
        }

        @Override
        public void onRoom(Runnable callback) {
            // It always has room.
        }
    }

    private record Result(String console, String terminal, long instructions, GuestErrorLog errors) {}

    private static Result run(Board board) throws IOException {
        LinuxGuest linux = LinuxGuest.make(
                DebianPackages.inUserCache(message -> {}), board.architecture().kernels());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        GuestErrorLog errors = new GuestErrorLog();
        Terminal terminal = new Terminal();
        try (ConsoleOutput output = new ConsoleOutput(bytes)) {
            GuestConsole console = new GuestConsole(output, null, () -> {});
            try (Platform platform = new Platform(board, 1, RAM, console, errors, new Trace());
                    UserUplink uplink = new UserUplink(platform.machine().alarms(), error -> {})) {
                VirtioNet net = new VirtioNet("net0", ADDRESS, uplink);
                uplink.connect(net);
                VirtioConsole hvc = new VirtioConsole("hvc0", terminal);
                terminal.console = hvc;
                VirtioSlots slots = Objects.requireNonNull(platform.virtio());
                slots.plug(0, net);
                slots.plug(1, hvc);
                slots.plug(7, new VirtioEntropy("rng0", 1));
                byte[] initrd = linux.initrd(COMMANDS, List.of("virtio_mmio", "virtio_net", "virtio-rng"));
                String serial = board.console().equals("uart0") && board.name().contains("riscv") ? "ttyS0" : "ttyAMA0";
                NativeSystem.load(
                        platform, "linux", linux.kernel(), initrd, "console=" + serial + " panic=-1", console);
                StopReason end = platform.machine().run(LIMIT);
                output.flush();
                assertThat(end).as(bytes.toString(UTF_8)).isEqualTo(StopReason.POWER_OFF);
                return new Result(
                        bytes.toString(UTF_8).replace("\r", ""),
                        terminal.text.toString().replace("\r", ""),
                        platform.machine().instructions(),
                        errors);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"qemu-aarch64", "qemu-riscv64"})
    void linuxDrivesThemAllAndDoesTheSameAgain(String name) throws IOException {
        Board board = BoardCatalog.shipped(name);
        Result first = run(board);
        assertThat(first.console())
                .contains(
                        "udhcpc: lease of 10.0.2.15 obtained from 10.0.2.2",
                        "3 packets transmitted, 3 packets received, 0% packet loss",
                        "200 packets transmitted, 200 packets received, 0% packet loss",
                        "02:53:68:79:00:10\n1500\n1\n",
                        "typed: hello from outside",
                        LinuxGuest.EXIT_LINE + "0")
                .doesNotContain("BUG:", "WARNING:");
        assertThat(first.terminal()).startsWith("1\n2\n3\n").endsWith("\n1999\n2000\nready\n");
        assertThat(first.errors().entries()).isEmpty();
        Result second = run(board);
        assertThat(second.console()).isEqualTo(first.console());
        assertThat(second.terminal()).isEqualTo(first.terminal());
        assertThat(second.instructions()).isEqualTo(first.instructions());
    }
}
