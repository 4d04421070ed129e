package org.shyperlab.platforms.run;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.shyperlab.hypervisor.config.VmSource;
import org.shyperlab.platforms.scenario.NetworkPlan;
import org.shyperlab.platforms.scenario.Scenario;
import org.shyperlab.platforms.scenario.ScenarioFiles;
import org.shyperlab.platforms.scenario.VmChange;

/** Reads the configurations of VMs that are added to a scenario while it runs, with their images. Any thread may. */
public final class VmFiles {
    private final Scenario scenario;
    private final Consumer<String> progress;

    /**
     * Files for a run.
     *
     * @param progress told, in a few words, what is being fetched
     */
    VmFiles(Scenario scenario, Consumer<String> progress) {
        this.scenario = scenario;
        this.progress = progress;
    }

    /**
     * Reads one; the images that it names are relative to it. Whether it fits beside the VMs there are is {@link RunningVms}' business.
     *
     * @param file an absolute path
     * @throws org.shyperlab.platforms.input.InputException when a file cannot be read, or an image is none
     */
    public VmSource read(Path file) {
        ScenarioFiles files = new ScenarioFiles(file.getParent());
        Scenario.VmFile vm =
                new Scenario.VmFile(file.toString(), files.text("VM configuration", file.toString()), VmChange.NONE);
        Scenario alone = new Scenario(
                scenario.name(),
                scenario.description(),
                scenario.board(),
                scenario.cores(),
                scenario.memory(),
                scenario.guest(),
                scenario.mostVms(),
                List.of(vm),
                List.of(),
                List.of(),
                List.of(),
                Long.MAX_VALUE,
                NetworkPlan.NONE,
                files,
                scenario.places());
        RunOptions asItIs = RunOptions.plain(false);
        Images images = new Images(scenario, files, asItIs, progress);
        return new VmAssembly(alone, asItIs, images).sources().getFirst();
    }
}
