package org.shyperlab.platforms.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.shyperlab.emulator.debug.NativeLibraryStatus;
import org.shyperlab.guestimages.BareMetalGuests;
import org.shyperlab.guestimages.debian.DebianPackages;
import org.shyperlab.guestimages.linux.GuestArchitecture;
import org.shyperlab.guestimages.linux.LinuxGuest;
import org.shyperlab.platforms.run.Outcome;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code shyper doctor}. */
@Command(
        name = "doctor",
        description = "Tells what the program needs, what was found where, and the command that brings what is missing.",
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    private static final int NEEDED_JAVA = 25;

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
        line("ok", "bare-metal guests", BareMetalGuests.all().size() + " in the program");
        DebianPackages packages = DebianPackages.inUserCache(progress -> {});
        if (LinuxGuest.isCached(packages, GuestArchitecture.ARM64)) {
            line("ok", "Linux guest", "in " + packages.cache());
        } else {
            line("missing", "Linux guest", "not in " + packages.cache());
            hint("shyper run qemu-aarch64-linux fetches it from Debian (about 30 MB)");
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
