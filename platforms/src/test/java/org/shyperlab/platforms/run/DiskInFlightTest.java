package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shyperlab.emulator.device.storage.BlockRequest;
import org.shyperlab.emulator.device.storage.BlockStore;
import org.shyperlab.emulator.device.storage.MemoryStore;
import org.shyperlab.emulator.trace.GuestErrorLog;
import org.shyperlab.emulator.trace.Trace;
import org.shyperlab.guestimages.DiskPart;
import org.shyperlab.hypervisor.BackEnds;
import org.shyperlab.hypervisor.Hypervisor;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.HypervisorOptions;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.ConfigException;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.config.VmConfigChecker;
import org.shyperlab.hypervisor.config.VmSource;
import org.shyperlab.hypervisor.vm.Vm;
import org.shyperlab.hypervisor.vm.VmControl;
import org.shyperlab.hypervisor.vm.VmState;
import org.shyperlab.platforms.board.Platform;
import org.shyperlab.platforms.run.DiskVms.DiskVm;
import org.shyperlab.platforms.scenario.Scenario;

/** VMs that are reset, stopped and taken away while their disk works on a request, which it ends later all the same. */
class DiskInFlightTest {
    private static final int DISK_BYTES = 1 << 16;
    private static final long STEP = 200_000;

    @TempDir
    private Path directory;

    /** A disk that ends its requests when the test says so. */
    private static final class SlowDisk implements BlockStore {
        private final MemoryStore behind = new MemoryStore(DISK_BYTES);
        private final List<BlockRequest> held = new ArrayList<>();
        private boolean closed;

        @Override
        public long size() {
            return behind.size();
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public void submit(BlockRequest request) {
            assertThat(closed).isFalse();
            held.add(request);
        }

        void endAll() {
            List<BlockRequest> all = List.copyOf(held);
            held.clear();
            all.forEach(behind::submit);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** A machine whose VM 1 has a disk that works on a request. */
    private final class Ground implements BackEnds, HypervisorListener, AutoCloseable {
        final List<SlowDisk> disks = new ArrayList<>();
        final StringBuilder console = new StringBuilder();
        final Platform platform;
        final List<VmSetup> setups;
        final VmControl control;
        private long until;

        Ground(DiskVms board, DiskPart part) throws IOException, ConfigException {
            Scenario scenario = board.with(directory, 4, List.of(new DiskVm("busy", part, "memory: 64K")));
            RunOptions options = RunOptions.plain(false);
            Images images = new Images(scenario, scenario.files(), options, message -> {});
            List<VmSource> sources = new VmAssembly(scenario, options, images).sources();
            long ram = HypervisorBoard.ramBytes(scenario.board(), 1 << 28, sources);
            PlatformDescription description = HypervisorBoard.describe(scenario.board(), scenario.cores(), ram);
            setups = VmConfigChecker.check(sources, description, sources.size());
            platform = new Platform(
                    scenario.board(), scenario.cores(), ram, value -> {}, new GuestErrorLog(), new Trace());
            Hypervisor hypervisor =
                    HypervisorBoard.hypervisor(platform, description, setups, HypervisorOptions.DEFAULT, this, this);
            control = hypervisor.control();
            platform.machine().install(hypervisor);
        }

        @Override
        public BlockStore openDisk(VmConfig vm, int number) {
            disks.add(new SlowDisk());
            return disks.getLast();
        }

        @Override
        public void consoleOutput(int vm, byte value) {
            console.append(vm == 1 ? String.valueOf((char) value) : "");
        }

        Vm vm() {
            return Objects.requireNonNull(control.find(1));
        }

        void run() {
            until += STEP;
            platform.machine().run(until);
        }

        /** Lets it run until a disk works on something. */
        void runUntilBusy(SlowDisk disk) {
            for (int i = 0; i < 50 && disk.held.isEmpty(); i++) {
                run();
            }
            assertThat(disk.held).as(console.toString()).isNotEmpty();
        }

        byte[] ram(Vm vm) {
            byte[] bytes = new byte[(int) vm.config().memory().getFirst().length()];
            assertThat(vm.memory().read(vm.config().memory().getFirst().base(), bytes))
                    .isTrue();
            return bytes;
        }

        @Override
        public void close() {
            platform.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDeviceThatItsDriverResetsForgetsWhatIsUnderWay(DiskVms board) throws Exception {
        try (Ground ground = new Ground(board, DiskPart.RESET)) {
            SlowDisk disk = ground.disks.getFirst();
            for (int i = 0; i < 100 && !ground.console.toString().contains("disk: "); i++) {
                ground.run();
                disk.endAll();
            }
            assertThat(ground.console.toString())
                    .contains("a reset device does not write                  ok", "disk: PASS");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aVmThatStartsOverMeanwhileIsNotTouchedByItsOldRequest(DiskVms board) throws Exception {
        try (Ground ground = new Ground(board, DiskPart.FOREVER)) {
            SlowDisk disk = ground.disks.getFirst();
            ground.runUntilBusy(disk);
            BlockRequest old = disk.held.removeFirst();
            assertThat(ground.control.reset(ground.vm())).isTrue();
            ground.runUntilBusy(disk);
            byte[] before = ground.ram(ground.vm());
            old.done(true);
            assertThat(Arrays.equals(ground.ram(ground.vm()), before)).isTrue();
            assertThat(disk.held).as("the new request waits").hasSize(1);
            disk.endAll();
            ground.runUntilBusy(disk);
            assertThat(ground.control.ledger().disks()).isEqualTo(1);
            assertThat(ground.console.toString().split("at work", -1)).hasSize(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aVmThatStopsOrGoesLeavesNothingBehindAndTheOtherRunsOn(DiskVms board) throws Exception {
        try (Ground ground = new Ground(board, DiskPart.FOREVER)) {
            SlowDisk disk = ground.disks.getFirst();
            ground.runUntilBusy(disk);
            assertThat(ground.control.stop(ground.vm())).isTrue();
            ground.run();
            disk.endAll();
            assertThat(ground.control.boot(ground.vm())).isTrue();
            ground.runUntilBusy(disk);
            BlockRequest last = disk.held.getFirst();
            ground.control.remove(ground.vm());
            ground.run();
            assertThat(ground.control.ledger().disks()).isZero();
            assertThat(disk.closed).isTrue();
            // Another VM gets the memory of the one that went.
            Vm next = ground.control.create(ground.setups.get(1));
            byte[] before = ground.ram(next);
            last.done(true);
            assertThat(Arrays.equals(ground.ram(next), before)).isTrue();
            assertThat(ground.control.boot(next)).isTrue();
            ground.runUntilBusy(ground.disks.getLast());
            assertThat(ground.disks).hasSize(2);
            assertThat(Objects.requireNonNull(ground.control.find(0)).state()).isEqualTo(VmState.ACTIVE);
        }
    }
}
