package org.shyperlab.guestimages.linux;

import java.util.List;
import org.shyperlab.guestimages.debian.DebianPackage;
import org.shyperlab.guestimages.debian.DebianPackages;

/**
 * Debian's iptables with the libraries that it needs, for a Linux guest that translates addresses for others. It is the program of the
 * older of the two kernel interfaces: it needs few libraries, and one target is all that masquerading takes.
 */
public final class Iptables {
    /** Kernel modules for {@code iptables -t nat -A POSTROUTING -j MASQUERADE}. Connection tracking finds the first by its alias only. */
    public static final List<String> MODULES = List.of("crc32c_generic", "iptable_nat", "xt_MASQUERADE");

    /** The Debian packages that it is made of. */
    public static final List<String> PACKAGES = List.of("iptables", "libxtables12", "libip4tc2", "libip6tc2", "libc6");

    private static final List<String> LIBRARIES =
            List.of("libxtables.so.12", "libip4tc.so.2", "libip6tc.so.2", "libc.so.6");
    private static final String TARGET = "xtables/libxt_MASQUERADE.so";

    private Iptables() {}

    /**
     * A file system archive that goes behind a {@link LinuxGuest#initrd}: {@code iptables} is then on the guest's path. Packages that
     * the cache does not have are fetched.
     *
     * @throws org.shyperlab.guestimages.debian.DebianPackageException when a package cannot be had or is damaged
     */
    public static byte[] archive(DebianPackages packages, GuestArchitecture architecture) {
        List<DebianPackage> parts = packages.require(architecture.debianName(), PACKAGES);
        String triplet = switch (architecture) {
            case ARM64 -> "aarch64-linux-gnu";
            case RISCV64 -> "riscv64-linux-gnu";
        };
        String loader = switch (architecture) {
            case ARM64 -> "ld-linux-aarch64.so.1";
            case RISCV64 -> "ld-linux-riscv64-lp64d.so.1";
        };
        String directory = "usr/lib/" + triplet + "/";
        CpioArchive archive = new CpioArchive();
        for (String name : List.of("lib", "run", "usr", "usr/lib", "usr/lib/" + triplet, directory + "xtables")) {
            archive.directory(name);
        }
        DebianPackage iptables = parts.getFirst();
        DebianPackage libc = parts.getLast();
        archive.file("bin/iptables", 0755, iptables.read("usr/sbin/xtables-legacy-multi"));
        archive.file(directory + TARGET, 0644, iptables.read(directory + TARGET));
        archive.file("lib/" + loader, 0755, libc.read(directory + loader));
        for (int i = 0; i < LIBRARIES.size(); i++) {
            String path = directory + LIBRARIES.get(i);
            archive.file(path, 0644, parts.get(i + 1).read(path));
        }
        return archive.bytes();
    }
}
