package org.shyperlab.platforms.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.shyperlab.emulator.debug.NativeLibraryStatus;
import org.shyperlab.guestimages.BareMetalGuests;
import org.shyperlab.guestimages.debian.DebianPackages;
import org.shyperlab.guestimages.linux.LinuxGuest;
import org.shyperlab.platforms.board.Architecture;
import org.shyperlab.platforms.run.Outcome;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code shyper doctor}. */
@Command(
        name = "doctor",
        description =
                "Tells what the program needs, what was found where, and the command that brings what is missing.",
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    private static final int NEEDED_JAVA = 25;

    /** Sizes of what is fetched for the Linux guests. */
    private static final Map<Architecture, String> DOWNLOADS =
            Map.of(Architecture.AARCH64, "about 30 MB", Architecture.RISCV64, "about 112 MB");

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init")
    private CommandLine.Model.CommandSpec spec;

    private boolean missing;

    DoctorCommand() {}

    @Override
    public Integer call() {
        java();
        for (NativeLibraryStatus library : NativeLibraryStatus.all()) {
            if (library.isUsable()) {
                line("ok", library.name(), "version %s at %s".formatted(library.version(), library.path()));
            } else {
                // Without Capstone everything runs; only disassembly shows bare words.
                boolean needed = library.name().equals("Unicorn");
                line(needed ? "MISSING" : "missing", library.name(), String.valueOf(library.problem()));
                hint("scripts/shyper brings it; or put %s %s into %s"
                        .formatted(library.fileName(), library.needed(), NativeLibraryStatus.installDirectory()));
                missing |= needed;
            }
        }
        DebianPackages packages = DebianPackages.inUserCache(progress -> {});
        for (Architecture architecture : Architecture.values()) {
            String name = architecture.label();
            line("ok", "guests, " + name, BareMetalGuests.all(name).size() + " bare-metal guests in the program");
            if (LinuxGuest.isCached(packages, architecture.kernels())) {
                line("ok", "Linux, " + name, "in " + packages.cache());
            } else {
                line("missing", "Linux, " + name, "not in " + packages.cache());
                hint("the first run of a Linux scenario fetches it from Debian (%s)"
                        .formatted(DOWNLOADS.get(architecture)));
            }
        }
        spec.commandLine().getOut().flush();
        return missing ? Outcome.WRONG_INPUT : Outcome.SUCCESS;
    }

    private void java() {
        int feature = Runtime.version().feature();
        String found = "Java %s at %s".formatted(Runtime.version(), System.getProperty("java.home"));
        line(feature >= NEEDED_JAVA ? "ok" : "MISSING", "JDK", found);
        missing |= feature < NEEDED_JAVA;
    }

    private void line(String state, String what, String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%-8s %-18s %s%n", state, what, text);
    }

    private void hint(String command) {
        spec.commandLine().getOut().printf("%-8s %-18s -> %s%n", "", "", command);
    }
}
