package org.shyperlab.guestimages.linux;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.shyperlab.guestimages.debian.DebianPackage;
import org.shyperlab.guestimages.debian.DebianPackageException;
import org.shyperlab.guestimages.debian.DebianPackages;

/**
 * The shipped Linux guest: Debian's cloud kernel and an initial file system of busybox that prints {@link #BANNER}, then either runs
 * given commands and powers off, or gives a shell on the console.
 */
public final class LinuxGuest {
    /** The first line that the guest's user space prints. */
    public static final String BANNER = "Shyperlab guest: user space is up";

    /** What begins the line that tells the commands' exit status, before the guest powers off: {@code shyper-exec: exit 0}. */
    public static final String EXIT_LINE = "shyper-exec: exit ";

    private static final String BUSYBOX = "busybox-static";

    private final KernelImage kernel;
    private final String kernelVersion;
    private final byte[] initrd;
    private final KernelModules modules;

    private LinuxGuest(KernelImage kernel, String kernelVersion, byte[] initrd, KernelModules modules) {
        this.kernel = kernel;
        this.kernelVersion = kernelVersion;
        this.initrd = initrd;
        this.modules = modules;
    }

    /**
     * Makes the guest out of Debian's packages, which are fetched first when the cache does not have them.
     *
     * @throws DebianPackageException when a package cannot be had or is damaged
     */
    public static LinuxGuest make(DebianPackages packages, GuestArchitecture architecture) {
        List<DebianPackage> parts = packages.require(architecture.debianName(), packageNames(architecture));
        DebianPackage linux = parts.get(0);
        String path = only(linux, architecture.kernelPrefix());
        KernelImage kernel = KernelImage.of(linux.file(path).toString(), architecture, linux.read(path));
        return new LinuxGuest(
                kernel,
                path.substring(architecture.kernelPrefix().length()),
                initrd(architecture, parts.get(1)),
                new KernelModules(linux));
    }

    /** Whether {@link #make} finds everything in the cache and needs no network. */
    public static boolean isCached(DebianPackages packages, GuestArchitecture architecture) {
        return packageNames(architecture).stream().allMatch(name -> packages.has(architecture.debianName(), name));
    }

    /** The Debian packages that the guest is made of: the kernel's and busybox's. */
    public static List<String> packageNames(GuestArchitecture architecture) {
        return List.of(architecture.kernelPackage(), BUSYBOX);
    }

    /** The kernel. */
    public KernelImage kernel() {
        return kernel;
    }

    /** The kernel's release as {@code uname -r} prints it. */
    public String kernelVersion() {
        return kernelVersion;
    }

    /** The initial file system, as below, with nothing in {@code /root}. */
    public byte[] initrd(@Nullable String commands, List<String> moduleNames) {
        return initrd(commands, moduleNames, Map.of());
    }

    /**
     * The initial file system.
     *
     * @param commands a POSIX shell script that runs, then {@link #EXIT_LINE} is printed and the guest powers off; null for an
     *     interactive shell on the console
     * @param moduleNames kernel modules that are loaded before, in this order, each after those that it needs
     * @param folder files in {@code /root}, by their names
     * @throws DebianPackageException when the kernel has no such module
     */
    public byte[] initrd(@Nullable String commands, List<String> moduleNames, Map<String, byte[]> folder) {
        if (commands == null && moduleNames.isEmpty() && folder.isEmpty()) {
            return initrd.clone();
        }
        CpioArchive more = new CpioArchive();
        folder.forEach((name, contents) -> more.file("root/" + name, 0644, contents));
        if (commands != null) {
            more.file("exec", 0755, (commands + "\n").getBytes(StandardCharsets.UTF_8));
        }
        int number = 0;
        for (KernelModules.Module module : modules.withNeeded(moduleNames)) {
            more.file("modules/%03d-%s.ko".formatted(number++, module.name()), 0644, module.contents());
        }
        byte[] segment = more.bytes();
        byte[] both = Arrays.copyOf(initrd, initrd.length + segment.length);
        System.arraycopy(segment, 0, both, initrd.length, segment.length);
        return both;
    }

    private static byte[] initrd(GuestArchitecture architecture, DebianPackage busybox) {
        CpioArchive archive = new CpioArchive();
        for (String directory : List.of("bin", "dev", "etc", "modules", "proc", "root", "sys", "tmp")) {
            archive.directory(directory);
        }
        // The kernel opens it for the first process before devtmpfs is there.
        archive.device("dev/console", 5, 1);
        archive.file("bin/busybox", 0755, busybox.read(only(busybox, "usr/bin/busybox")));
        archive.file("bin/shyper", 0755, ShyperProgram.load(architecture));
        archive.link("bin/sh", "busybox");
        archive.link("init", "bin/busybox");
        for (String name : List.of("inittab", "profile", "rc")) {
            archive.file("etc/" + name, name.equals("rc") ? 0755 : 0644, resource(name));
        }
        return archive.bytes();
    }

    private static String only(DebianPackage debianPackage, String prefix) {
        List<String> found = debianPackage.files(prefix);
        if (found.size() != 1) {
            throw new DebianPackageException(
                    "The Debian package %s (%s) has %d files %s*, and exactly one was expected."
                            .formatted(debianPackage.name(), debianPackage.version(), found.size(), prefix));
        }
        return found.get(0);
    }

    private static byte[] resource(String name) {
        try (InputStream stream = LinuxGuest.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException(name + " is not among the resources of this module");
            }
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(name + " cannot be read from the module", e);
        }
    }
}
