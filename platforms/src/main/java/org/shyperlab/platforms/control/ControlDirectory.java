package org.shyperlab.platforms.control;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.shyperlab.platforms.input.FileNames;
import org.shyperlab.platforms.input.InputException;

/**
 * Where the control sockets of a user's machines are: a directory that is his alone, because who can connect can give orders.
 *
 * @param path the directory
 */
public record ControlDirectory(Path path) {
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");
    private static final String SOCKET = ".sock";
    /** Belongs to the user that this program runs as. */
    private static final Path SELF = Path.of("/proc/self");

    /**
     * Where this user's may be; new ones are made in the first.
     *
     * @param environment the process's
     */
    public static List<ControlDirectory> ofUser(Map<String, String> environment) {
        List<ControlDirectory> found = new ArrayList<>();
        String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        if (!runtime.isEmpty() && Files.isDirectory(FileNames.path(runtime))) {
            found.add(new ControlDirectory(FileNames.path(runtime).resolve("shyperlab")));
        }
        try {
            found.add(new ControlDirectory(Path.of("/tmp/shyperlab-" + Files.getAttribute(SELF, "unix:uid"))));
        } catch (IOException error) {
            throw new InputException("Who runs this program cannot be found out: " + InputException.reason(error));
        }
        return found;
    }

    /** The name of a process's socket. */
    static String fileName(long pid) {
        return pid + SOCKET;
    }

    /**
     * Makes the directory if it is not there.
     *
     * @throws InputException when it cannot be made, or is not the user's alone
     */
    Path create() {
        try {
            Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PRIVATE));
        } catch (FileAlreadyExistsException there) {
            // as it should be; its owner and mode are checked below
        } catch (IOException error) {
            throw new InputException("The directory %s for control sockets cannot be made: %s"
                    .formatted(path, InputException.reason(error)));
        }
        requireOwn();
        return path;
    }

    private void requireOwn() {
        try {
            boolean own = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                    && Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(SELF))
                    && Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS)
                            .equals(PRIVATE);
            if (own) {
                return;
            }
        } catch (IOException error) {
            throw new InputException(
                    "The directory %s cannot be looked at: %s".formatted(path, InputException.reason(error)));
        }
        throw new InputException(
                "%s holds control sockets and must be a directory of your own with mode 0700: others could give orders to your machines."
                        .formatted(path));
    }

    /**
     * The sockets in it, in the order of their processes; none when there is no directory.
     *
     * @throws InputException when the directory is not the user's alone
     */
    List<Path> sockets() {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        requireOwn();
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> pid(file) >= 0)
                    .sorted((a, b) -> Long.compare(pid(a), pid(b)))
                    .toList();
        } catch (IOException error) {
            throw new InputException(
                    "The directory %s cannot be read: %s".formatted(path, InputException.reason(error)));
        }
    }

    /** The process of a socket; -1 when the file is none. */
    static long pid(Path socket) {
        String name = socket.getFileName().toString();
        String digits = name.endsWith(SOCKET) ? name.substring(0, name.length() - SOCKET.length()) : "";
        return digits.matches("[0-9]{1,10}") ? Long.parseLong(digits) : -1;
    }
}
