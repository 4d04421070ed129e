package org.shyperlab.platforms.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.shyperlab.guestimages.BareMetalGuest;
import org.shyperlab.guestimages.BareMetalGuests;
import org.shyperlab.guestimages.debian.DebianPackageException;
import org.shyperlab.guestimages.debian.DebianPackages;
import org.shyperlab.guestimages.linux.Iptables;
import org.shyperlab.guestimages.linux.KernelImage;
import org.shyperlab.guestimages.linux.KernelImageException;
import org.shyperlab.guestimages.linux.LinuxGuest;
import org.shyperlab.platforms.board.Architecture;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.scenario.Scenario;
import org.shyperlab.platforms.scenario.ScenarioFiles;

/** Finds the kernels and initial RAM disks that scenarios and options name. */
final class Images {
    /** What distinguishes initial RAM disks of the shipped Linux. */
    private record Content(@Nullable String commands, List<String> drivers) {}

    private static final String LINUX = ScenarioFiles.SHIPPED + "linux";
    private static final String NO_COMMANDS = "true";

    private final ScenarioFiles files;
    private final List<String> modules;
    private final Architecture architecture;
    private final RunOptions options;
    private final Consumer<String> progress;
    private final Map<Content, byte[]> made = new HashMap<>();
    private @Nullable LinuxGuest linux;

    /**
     * Images for one run.
     *
     * @param scenario names them, and the modules that its first guest loads
     * @param files where they are
     * @param options say what shipped Linux guests do when they are up
     * @param progress told, in a few words, what is being fetched
     */
    Images(Scenario scenario, ScenarioFiles files, RunOptions options, Consumer<String> progress) {
        this.files = files;
        this.modules = scenario.guest().modules();
        this.architecture = scenario.board().architecture();
        this.options = options;
        this.progress = progress;
    }

    /**
     * A kernel that a scenario or a VM configuration names.
     *
     * @param place where it is named, before what is wrong with it
     */
    KernelImage kernel(String name, String place) {
        if (name.equals(LINUX)) {
            return linux().kernel();
        }
        try {
            return otherKernel(name);
        } catch (InputException error) {
            throw error.at(place);
        }
    }

    private KernelImage otherKernel(String name) {
        if (name.startsWith(ScenarioFiles.SHIPPED)) {
            String guest = name.substring(ScenarioFiles.SHIPPED.length());
            if (BareMetalGuests.find(architecture.label(), guest).isEmpty()) {
                List<String> names = BareMetalGuests.all(architecture.label()).stream()
                        .map(BareMetalGuest::name)
                        .toList();
                throw new InputException("There is no shipped guest \"%s\". There are: linux, %s."
                        .formatted(guest, String.join(", ", names)));
            }
            return checked(name, BareMetalGuests.load(architecture.label(), guest));
        }
        return checked(name, files.bytes("kernel", name));
    }

    /** A kernel that the user names; relative to where the program runs. */
    KernelImage userKernel(String name) {
        return checked(name, userBytes("kernel", name));
    }

    /**
     * The initial RAM disk that a scenario names for a guest to which the user's options do not apply. Guests that run the same have the
     * same array, which nobody changes.
     *
     * @param unattended commands that it runs when nobody can type, or null
     * @param drivers modules that the guest's virtio devices need
     * @param place where it is named, before what is wrong with it
     */
    byte[] initrd(String name, @Nullable String unattended, List<String> drivers, String place) {
        return name.equals(LINUX)
                ? made.computeIfAbsent(
                        new Content(commands(null, unattended), drivers),
                        content -> linux().initrd(content.commands(), content.drivers(), Map.of()))
                : bytes("initial RAM disk", name, place);
    }

    /** A file that a scenario or a VM configuration names; {@code place} as above. */
    byte[] bytes(String what, String name, String place) {
        try {
            return files.bytes(what, name);
        } catch (InputException error) {
            throw error.at(place);
        }
    }

    /** A shipped Linux guest's initial RAM disk, with Debian's iptables behind it. */
    byte[] withIptables(byte[] initrd) {
        byte[] tools;
        try {
            tools = Iptables.archive(DebianPackages.inUserCache(progress), architecture.kernels());
        } catch (DebianPackageException error) {
            throw new InputException(String.valueOf(error.getMessage()));
        }
        byte[] both = Arrays.copyOf(initrd, initrd.length + tools.length);
        System.arraycopy(tools, 0, both, initrd.length, tools.length);
        return both;
    }

    /**
     * The initial RAM disk that a scenario names for the guest that runs the user's commands; the rest as above.
     *
     * @param folder what stands in its {@code /root}
     */
    byte[] firstInitrd(
            String name, @Nullable String unattended, List<String> drivers, Map<String, byte[]> folder, String place) {
        return name.equals(LINUX)
                ? linux().initrd(commands(options.commands(), unattended), firstModules(drivers), folder)
                : bytes("initial RAM disk", name, place);
    }

    private @Nullable String commands(@Nullable String wanted, @Nullable String unattended) {
        if (wanted != null || !options.unattended()) {
            return wanted;
        }
        if (unattended != null) {
            return unattended;
        }
        progress.accept(
                "nobody can type here, so Linux powers off as soon as it is up (--exec COMMANDS runs some before)");
        return NO_COMMANDS;
    }

    /** What devices need and what the scenario and the user want; with a kernel of the user's, Debian's modules fit nothing. */
    private List<String> firstModules(List<String> drivers) {
        List<String> wanted = new ArrayList<>();
        if (options.kernel() == null) {
            wanted.addAll(drivers);
            wanted.addAll(modules);
            if (!options.disks().isEmpty()) {
                wanted.addAll(List.of("virtio_mmio", "virtio_blk"));
            }
            if (options.bare() && options.network().uplink() != null) {
                wanted.addAll(List.of("virtio_mmio", "virtio_net"));
            }
        }
        wanted.addAll(options.modules());
        return wanted;
    }

    /** Whether this name is the shipped Linux guest's initial RAM disk, which is able to run commands. */
    static boolean runsCommands(@Nullable String initrd) {
        return LINUX.equals(initrd);
    }

    /** Why this scenario's first guest cannot run commands or load modules. */
    static InputException noShippedLinux(String scenario, RunOptions options) {
        return new InputException(
                "%s needs the shipped Linux guest, whose initial RAM disk %s; scenario %s does not boot it%s."
                        .formatted(
                                options.commands() == null ? "--modules" : "--exec",
                                options.commands() == null ? "loads the modules" : "runs the commands",
                                scenario,
                                options.initrd() == null ? "" : " with --initrd"));
    }

    /** An initial RAM disk that the user names. */
    static byte[] userBytes(String what, String name) {
        return new ScenarioFiles(null).bytes(what, name);
    }

    private KernelImage checked(String name, byte[] bytes) {
        try {
            return KernelImage.of(name, architecture.kernels(), bytes);
        } catch (KernelImageException error) {
            throw new InputException(String.valueOf(error.getMessage()));
        }
    }

    private LinuxGuest linux() {
        if (linux == null) {
            try {
                linux = LinuxGuest.make(DebianPackages.inUserCache(progress), architecture.kernels());
            } catch (DebianPackageException | KernelImageException error) {
                throw new InputException(String.valueOf(error.getMessage()));
            }
        }
        return linux;
    }
}
