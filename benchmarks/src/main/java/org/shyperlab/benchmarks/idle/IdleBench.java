package org.shyperlab.benchmarks.idle;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code scripts/bench idle}: memory and processor time of idle Linux VMs, as a table. */
public final class IdleBench {
    private static final List<String> ARCHITECTURES = List.of("aarch64", "riscv64");
    /** On four cores: with two VMs on each, the cores' own memory is full, and more VMs only add theirs. */
    private static final List<Integer> VMS = List.of(4, 8, 12);

    private static final int IDLE_SECONDS = 300;
    private static final long HEAP = 512L << 20;
    private static final double MIB = 1 << 20;

    private IdleBench() {}

    /**
     * Measures and prints.
     *
     * @param directory for the scenarios' files
     * @return false when a measurement failed
     */
    public static boolean run(Path directory) throws IOException, InterruptedException {
        System.out.println(
                "| board | VMs | guest RAM touched | translated code | all else | per further VM | instructions per VM and virtual second "
                        + "| interrupts | host CPU per virtual hour |\n|---|---|---|---|---|---|---|---|---|");
        for (String architecture : ARCHITECTURES) {
            IdleFigures fewer = null;
            for (int vms : VMS) {
                System.err.println("shyperlab: " + vms + " idle VMs on qemu-" + architecture);
                IdleFigures figures = child(architecture, vms, Files.createDirectories(directory));
                if (figures == null) {
                    return false;
                }
                System.out.println("| qemu-%s | %d | %.0f MiB | %.0f MiB | %.0f MiB | %s | %,d | %.1f | %.1f s |"
                        .formatted(
                                architecture,
                                vms,
                                figures.guestRam() / MIB,
                                figures.code() / MIB,
                                (figures.other() + figures.heap() - HEAP) / MIB,
                                fewer == null ? "" : "%.1f MiB".formatted(figures.bytesOfEach(fewer) / MIB),
                                figures.instructions() / vms / figures.seconds(),
                                (double) figures.interrupts() / vms / figures.seconds(),
                                figures.cpuMillis() * 3.6 / figures.seconds()));
                fewer = figures;
            }
        }
        return true;
    }

    /** The heap is fixed and touched whole from the start, so that its size says nothing and its live objects are counted instead. */
    private static @Nullable IdleFigures child(String architecture, int vms, Path directory)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:+UseSerialGC",
                "-Xms" + HEAP,
                "-Xmx" + HEAP,
                "-XX:+AlwaysPreTouch",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                IdleVms.class.getName(),
                architecture,
                Integer.toString(vms),
                Integer.toString(IDLE_SECONDS),
                directory.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? IdleFigures.of(output) : null;
    }
}
