package org.shyperlab.benchmarks.idle;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.shyperlab.platforms.run.ConsoleOutput;
import org.shyperlab.platforms.run.Run;
import org.shyperlab.platforms.run.RunBuilder;
import org.shyperlab.platforms.run.RunOptions;
import org.shyperlab.platforms.run.Statistics;
import org.shyperlab.platforms.scenario.ScenarioCatalog;

/** One measurement, in a JVM of its own: boots Linux VMs on four cores, lets them wait at their shells, and looks at the process. */
final class IdleVms {
    private static final long BOOTED = 10_000_000_000L;
    private static final int CORES = 4;
    private static final long RAM = 1L << 30;
    private static final long HYPERVISOR_RAM = 32L << 20;

    private IdleVms() {}

    /**
     * The child's program: {@code ARCHITECTURE VMS SECONDS DIRECTORY} prints an {@link IdleFigures} as a line of numbers.
     *
     * @throws IOException when the scenario cannot be written or the process's memory not be read
     */
    public static void main(String[] arguments) throws IOException {
        int vms = Integer.parseInt(arguments[1]);
        long idle = Long.parseLong(arguments[2]) * 1_000_000_000L;
        Path file = Files.writeString(
                Path.of(arguments[3]).resolve("idle-%s-%d.yaml".formatted(arguments[0], vms)),
                scenario(arguments[0], vms));
        RunOptions options = RunOptions.plain(false);
        try (ConsoleOutput output = new ConsoleOutput(OutputStream.nullOutputStream());
                Run run = RunBuilder.build(ScenarioCatalog.load(file.toString()), options, output, message -> {})) {
            run.execute(BOOTED);
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            long heap = runtime.totalMemory() - runtime.freeMemory();
            Mappings memory = Mappings.ofThisProcess(RAM + HYPERVISOR_RAM);
            Statistics before = run.statistics();
            Duration cpu = cpu();
            run.execute(BOOTED + idle);
            Duration spent = cpu().minus(cpu);
            Statistics after = run.statistics();
            System.out.println(new IdleFigures(
                            vms,
                            memory.guestRam(),
                            memory.code(),
                            memory.other(),
                            heap,
                            after.instructions() - before.instructions(),
                            after.physicalInterrupts() - before.physicalInterrupts(),
                            idle / 1_000_000_000L,
                            spent.toMillis())
                    .line());
        }
    }

    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** A scenario of VMs like those of eight-vms, spread over the cores. */
    private static String scenario(String architecture, int vms) {
        String form = architecture.equals("aarch64") ? "shipped:vm%d-eight" : "shipped:vm%d-riscv64-eight";
        StringBuilder list = new StringBuilder("  - " + form.formatted(0) + "\n");
        for (int i = 1; i < vms; i++) {
            list.append("  - { file: \"%s\", name: linux%d, core: %d, mac: \"74:56:aa:0f:47:%02x\" }%n"
                    .formatted(form.formatted(1), i + 1, i % CORES, i + 1));
        }
        return """
                scenario: idle
                description: Linux VMs that wait at their shells
                board: qemu-%s
                cores: %d
                memory: 1G
                guest:
                  kernel: shipped:linux
                most-vms: %d
                vms:
                %s""".formatted(architecture, CORES, vms, list);
    }
}
