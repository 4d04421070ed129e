package org.shyperlab.emulator.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.engine.A64Engine;

/** Whole guests run alike with the hooks in machine code and in Java. */
class StubsAndTwinsTest {
    private static final Path GUESTS =
            Path.of("..", "guest-images", "src", "main", "resources", "org", "shyperlab", "guestimages", "aarch64");

    @ParameterizedTest
    @ValueSource(strings = {"traps", "timer", "ipi", "smp"})
    void aGuestDoesTheSameToTheCycle(String guest) throws IOException {
        byte[] image = Files.readAllBytes(GUESTS.resolve(guest + ".bin"));
        List<Object> stubs = run(image, A64Engine.Hooks.NATIVE);
        assertThat(stubs.get(0)).isEqualTo(StopReason.POWER_OFF);
        assertThat((String) stubs.get(1)).contains(guest + ": PASS");
        assertThat(run(image, A64Engine.Hooks.JAVA)).isEqualTo(stubs);
    }

    private static List<Object> run(byte[] image, A64Engine.Hooks hooks) {
        try (HostileMachine board = new HostileMachine(2, hooks)) {
            StopReason reason = board.run(image, 2_000_000_000L);
            A64Core core = board.machine.core(0);
            return List.of(
                    reason,
                    board.console.toString(),
                    board.machine.instructions(),
                    board.machine.alarms().clock().cycles(),
                    core.x(0),
                    core.pc(),
                    core.spsr());
        }
    }
}
