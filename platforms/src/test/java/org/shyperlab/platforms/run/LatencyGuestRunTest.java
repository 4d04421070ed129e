package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.emulator.machine.StopReason;
import org.shyperlab.emulator.trace.GuestErrorLog;
import org.shyperlab.emulator.trace.Trace;
import org.shyperlab.guestimages.BareMetalGuest;
import org.shyperlab.guestimages.BareMetalGuests;
import org.shyperlab.guestimages.linux.KernelImage;
import org.shyperlab.platforms.board.Board;
import org.shyperlab.platforms.board.BoardCatalog;
import org.shyperlab.platforms.board.Platform;

/** The guest that sleeps until a device interrupts it, natively on every board, whatever its interrupt controller is. */
class LatencyGuestRunTest {
    private static final long RAM_BYTES = 64 << 20;

    @ParameterizedTest
    @ValueSource(strings = {"qemu-aarch64", "qemu-riscv64", "qemu-riscv64-aia"})
    void everyTypedCharacterWakesTheSleepingGuestOnce(String name) {
        Board board = BoardCatalog.shipped(name);
        String architecture = board.architecture().label();
        BareMetalGuest guest = BareMetalGuests.find(architecture, "latency").orElseThrow();
        KernelImage kernel = KernelImage.of(
                guest.name(), board.architecture().kernels(), BareMetalGuests.load(architecture, guest.name()));
        StringBuilder console = new StringBuilder();
        try (Platform platform = new Platform(
                board, 1, RAM_BYTES, value -> console.append((char) value), new GuestErrorLog(), new Trace())) {
            NativeSystem system = NativeSystem.load(
                    platform, guest.name(), kernel, null, "", new GuestConsole(value -> {}, null, () -> {}));
            for (int at = 0; at < guest.consoleInput().length(); at++) {
                assertThat(platform.machine().run(Long.MAX_VALUE))
                        .as(console.toString())
                        .isEqualTo(StopReason.DEADLOCK);
                assertThat(system.type(guest.consoleInput().charAt(at))).isTrue();
            }
            assertThat(platform.machine().run(Long.MAX_VALUE))
                    .as(console.toString())
                    .isEqualTo(StopReason.POWER_OFF);
        }
        assertThat(console.toString().lines())
                .containsExactlyElementsOf(BareMetalGuests.consoleLines(architecture, guest.name()));
    }
}
