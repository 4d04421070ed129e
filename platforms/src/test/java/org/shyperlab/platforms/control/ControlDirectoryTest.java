package org.shyperlab.platforms.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.platforms.input.InputException;

class ControlDirectoryTest {
    /** No process has it: numbers end at 2^22. */
    private static final String DEAD = "9999999999.sock";

    @TempDir
    private Path temporary;

    @Test
    void itIsTheUsersRuntimeDirectoryFirstAndOneInTmpElse() {
        List<ControlDirectory> both = ControlDirectory.ofUser(Map.of("XDG_RUNTIME_DIR", temporary.toString()));
        assertThat(both).hasSize(2).first().isEqualTo(new ControlDirectory(temporary.resolve("shyperlab")));
        assertThat(both.get(1).path().toString()).matches("/tmp/shyperlab-\\d+");
        assertThat(ControlDirectory.ofUser(Map.of())).containsExactly(both.get(1));
        assertThat(ControlDirectory.ofUser(Map.of("XDG_RUNTIME_DIR", temporary + "/missing")))
                .containsExactly(both.get(1));
    }

    @Test
    void itIsMadeForItsUserOnly() throws IOException {
        Path made = new ControlDirectory(temporary.resolve("own")).create();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                .isEqualTo("rwx------");
        assertThat(new ControlDirectory(made).create()).isEqualTo(made);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxr-x---", "rwx-----x", "rwxrwxrwx"})
    void itIsRefusedWhenOthersCanEnter(String mode) throws IOException {
        Path open = Files.createDirectory(temporary.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString(mode));
        ControlDirectory directory = new ControlDirectory(open);
        assertThatThrownBy(directory::create).isInstanceOf(InputException.class).hasMessageContaining("mode 0700");
        assertThatThrownBy(directory::sockets)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("mode 0700");
    }

    @Test
    void aLinkToAnotherDirectoryIsRefused() throws IOException {
        Path real = new ControlDirectory(temporary.resolve("real")).create();
        ControlDirectory link = new ControlDirectory(Files.createSymbolicLink(temporary.resolve("link"), real));
        assertThatThrownBy(link::create).hasMessageContaining("must be a directory of your own");
    }

    @Test
    void theSocketOfADeadProcessIsRemovedAndOtherFilesAreLeftAlone() throws IOException {
        ControlDirectory directory = new ControlDirectory(temporary.resolve("own"));
        Path stale = directory.create().resolve(DEAD);
        bindAndClose(stale);
        Path other = Files.createFile(directory.path().resolve("notes.txt"));
        Path alive = directory.path().resolve(ProcessHandle.current().pid() + ".sock");
        bindAndClose(alive); // its process may be about to listen
        assertThat(directory.sockets()).containsExactlyInAnyOrder(stale, alive);
        assertThatThrownBy(() -> Machines.connect(List.of(directory), null))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("No machine with VMs is running.");
        assertThat(stale).doesNotExist();
        assertThat(alive).exists();
        assertThat(other).exists();
    }

    private static void bindAndClose(Path path) throws IOException {
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(path));
        }
    }

    @Test
    void aProcessThatSaysNothingIsNoMachine() throws IOException {
        ControlDirectory directory = new ControlDirectory(temporary.resolve("own"));
        Path path = directory.create().resolve(DEAD);
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(path));
            assertThatThrownBy(() -> Machines.connect(List.of(directory), null))
                    .hasMessageStartingWith("No machine with VMs is running.");
            assertThat(path).exists();
        }
    }

    @Test
    void aSocketThatIsNotThereIsNamed() {
        String missing = temporary.resolve("1.sock").toString();
        assertThatThrownBy(() -> Machines.connect(List.of(), missing))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(missing);
    }
}
