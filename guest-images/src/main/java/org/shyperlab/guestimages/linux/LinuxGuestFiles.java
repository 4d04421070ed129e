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
     * The program: {@code ARCHITECTURE DIRECTORY COMMANDS} writes {@code DIRECTORY/kernel} and {@code DIRECTORY/initrd}, which runs
     * COMMANDS and powers off. ARCHITECTURE is aarch64 or riscv64.
     */
    public static void main(String[] arguments) throws IOException {
        GuestArchitecture architecture = arguments.length == 3
                ? switch (arguments[0]) {
                    case "aarch64" -> GuestArchitecture.ARM64;
                    case "riscv64" -> GuestArchitecture.RISCV64;
                    default -> null;
                }
                : null;
        if (architecture == null) {
            System.err.println("usage: LinuxGuestFiles aarch64|riscv64 DIRECTORY COMMANDS");
            System.exit(2);
            return;
        }
        try {
            LinuxGuest guest = LinuxGuest.make(
                    DebianPackages.inUserCache(line -> System.err.println("shyperlab: " + line)), architecture);
            Path directory = Path.of(arguments[1]);
            Files.write(directory.resolve("kernel"), guest.kernel().bytes());
            Files.write(directory.resolve("initrd"), guest.initrd(arguments[2], List.of()));
        } catch (DebianPackageException | KernelImageException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }
}
