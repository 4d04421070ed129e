package org.shyperlab.guestimages.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.shyperlab.guestimages.debian.DebianPackageException;
import org.shyperlab.guestimages.debian.DebianPackages;

/** Writes the Linux guest's kernel and initial file system into files, for other programs to boot (scripts/compare-qemu). */
public final class LinuxGuestFiles {
    private LinuxGuestFiles() {}

    /**
     * The program: {@code DIRECTORY COMMANDS} writes {@code DIRECTORY/kernel} and {@code DIRECTORY/initrd}, which runs COMMANDS and
     * powers off.
     */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            System.err.println("usage: LinuxGuestFiles DIRECTORY COMMANDS");
            System.exit(2);
        }
        try {
            LinuxGuest guest = LinuxGuest.make(
                    DebianPackages.inUserCache(line -> System.err.println("shyperlab: " + line)),
                    GuestArchitecture.ARM64);
            Path directory = Path.of(arguments[0]);
            Files.write(directory.resolve("kernel"), guest.kernel().bytes());
            Files.write(directory.resolve("initrd"), guest.initrd(arguments[1], List.of()));
        } catch (DebianPackageException | KernelImageException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }
}
