package org.shyperlab.hypervisor.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.devicetree.FdtOverlay;
import org.shyperlab.hypervisor.DeviceTrees;
import org.shyperlab.hypervisor.HypervisorListener;
import org.shyperlab.hypervisor.HypervisorOptions;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.ConfigException;
import org.shyperlab.hypervisor.config.ConfigProblem;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.config.VmConfigChecker;
import org.shyperlab.hypervisor.config.VmConfigFile;
import org.shyperlab.hypervisor.config.VmSource;
import org.shyperlab.hypervisor.device.ShyperDevice;
import org.shyperlab.hypervisor.hypercall.HypercallError;
import org.shyperlab.hypervisor.hypercall.Hypercalls;
import org.shyperlab.hypervisor.hypercall.Uploads;
import org.shyperlab.hypervisor.hypercall.VmEntry;
import org.shyperlab.hypervisor.hypercall.VmManager;
import org.shyperlab.hypervisor.memory.GuestRam;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.memory.OutOfHypervisorMemory;
import org.shyperlab.hypervisor.memory.StageTwo;
import org.shyperlab.hypervisor.scheduler.Cores;
import org.shyperlab.hypervisor.scheduler.PhysicalCore;
import org.shyperlab.hypervisor.vcpu.Vcpu;

/** What hypercalls can do with VMs: {@link VmControl} in the words of the hypercall table. */
public final class ManagedVms implements VmManager, VmWatcher {
    /** Linux takes no larger device tree. */
    private static final int LARGEST_OVERLAY = 2 << 20;

    private final VmControl control;
    private final Cores cores;
    private final PlatformDescription platform;
    private final HypervisorListener listener;
    private final int mostVms;
    private final Hypercalls hypercalls;
    private DeviceTrees trees = DeviceTrees.NONE;

    /** Hypercalls on the VMs of {@code control}, which tells it when VMs stop. */
    public ManagedVms(
            VmControl control,
            Cores cores,
            PlatformDescription platform,
            HypervisorListener listener,
            HypervisorOptions options) {
        this.control = control;
        this.cores = cores;
        this.platform = platform;
        this.listener = listener;
        mostVms = options.mostVms();
        hypercalls = new Hypercalls(this, options.permissive());
        control.watcher(this);
        control.builder().hypercalls(hypercalls);
    }

    /** The calls. */
    public Hypercalls hypercalls() {
        return hypercalls;
    }

    /** Sets who makes the device trees of VMs that hypercalls configure. */
    public void deviceTrees(DeviceTrees maker) {
        trees = maker;
    }

    private Vm find(int id) {
        Vm vm = control.find(id);
        if (vm == null) {
            throw new IllegalStateException("no VM " + id);
        }
        return vm;
    }

    @Override
    public List<VmEntry> vms() {
        return control.vms().stream().map(ManagedVms::entry).toList();
    }

    private static VmEntry entry(Vm vm) {
        return new VmEntry(vm.id(), vm.name(), vm.config().type(), vm.state());
    }

    @Override
    public @Nullable VmEntry vm(int id) {
        Vm vm = control.find(id);
        return vm == null ? null : entry(vm);
    }

    @Override
    public VmConfig config(int id) {
        return find(id).config();
    }

    @Override
    public long exits(int id) {
        long exits = 0;
        for (Vcpu vcpu : find(id).vcpus()) {
            for (TrapKind kind : TrapKind.values()) {
                exits += vcpu.traps(kind);
            }
        }
        return exits;
    }

    @Override
    public int freeId(List<Integer> taken) {
        for (int id = 0; id < mostVms; id++) {
            if (control.find(id) == null && !taken.contains(id)) {
                return id;
            }
        }
        return -1;
    }

    @Override
    public GuestRam memory(int id) {
        return find(id).memory();
    }

    @Override
    public List<ConfigProblem> check(VmSource candidate) {
        List<VmSource> all = new ArrayList<>();
        for (Vm vm : control.vms()) {
            all.add(new VmSource(new VmConfigFile(vm.name(), vm.config(), Map.of(), List.of()), List.of()));
        }
        all.add(candidate);
        try {
            VmConfigChecker.checkJoining(all, platform, mostVms);
            return List.of();
        } catch (ConfigException e) {
            return e.problems();
        }
    }

    @Override
    public List<PlatformDescription.DeviceWindow> boardDevices() {
        return platform.devices();
    }

    @Override
    public @Nullable HypercallError create(int id, VmSetup setup) {
        if (control.find(id) != null) {
            return HypercallError.NO_RESOURCES;
        }
        try {
            control.create(id, setup).loadedByCalls();
            return null;
        } catch (OutOfHypervisorMemory | IllegalArgumentException error) {
            listener.message(String.valueOf(error.getMessage()));
            return HypercallError.NO_RESOURCES;
        }
    }

    @Override
    public @Nullable HypercallError boot(int id, @Nullable Uploads uploads) {
        Vm vm = find(id);
        if (!vm.mayBoot()) {
            return HypercallError.WRONG_STATE;
        }
        if (uploads != null && !hasTree(vm, uploads)) {
            return HypercallError.BAD_ARGUMENT;
        }
        return control.boot(vm) ? null : HypercallError.WRONG_STATE;
    }

    /** A VM gets a generated device tree when it wants one and none was uploaded; an uploaded overlay is laid over the generated tree. */
    private boolean hasTree(Vm vm, Uploads uploads) {
        VmConfig.Image image = vm.config().image();
        long uploaded = uploads.size(Uploads.Kind.DEVICE_TREE);
        if (image.deviceTreeAddress() == 0 || uploaded > LARGEST_OVERLAY) {
            return true;
        }
        byte[] overlay = new byte[(int) uploaded];
        if (uploaded > 0 && !(vm.memory().read(image.deviceTreeAddress(), overlay) && FdtOverlay.isOverlay(overlay))) {
            return true;
        }
        long size = uploads.size(Uploads.Kind.RAMDISK);
        MemoryRegion ramdisk = size == 0 ? null : new MemoryRegion(image.ramdiskAddress(), size);
        try {
            byte[] tree = trees.tree(vm.config(), ramdisk);
            return vm.memory().write(image.deviceTreeAddress(), uploaded > 0 ? FdtOverlay.apply(tree, overlay) : tree);
        } catch (IllegalArgumentException error) {
            listener.message(String.valueOf(error.getMessage()));
            return false;
        }
    }

    private static @Nullable HypercallError unless(boolean done) {
        return done ? null : HypercallError.WRONG_STATE;
    }

    @Override
    public @Nullable HypercallError pause(int id) {
        return unless(control.pause(find(id)));
    }

    @Override
    public @Nullable HypercallError resume(int id) {
        return unless(control.resume(find(id)));
    }

    @Override
    public @Nullable HypercallError reboot(int id) {
        return unless(control.reset(find(id)));
    }

    @Override
    public @Nullable HypercallError stop(int id) {
        return unless(control.stop(find(id)));
    }

    @Override
    public @Nullable HypercallError remove(int id) {
        control.remove(find(id));
        return null;
    }

    @Override
    public boolean mayLoad(int id) {
        return find(id).mayBoot();
    }

    @Override
    public @Nullable HypercallError discard(int id) {
        return mayLoad(id) ? remove(id) : HypercallError.WRONG_STATE;
    }

    @Override
    public void endSystem(boolean restart) {
        Vm management = find(MANAGEMENT_VM);
        if (restart) {
            control.reset(management);
            return;
        }
        for (Vm vm : List.copyOf(control.vms())) {
            control.stop(vm);
        }
    }

    @Override
    public long share(int owner, long length) {
        return orNoRoom(control.builder().shared().create(find(owner), length));
    }

    @Override
    public long mapShared(int owner, int user) {
        return orNoRoom(control.builder().shared().map(find(owner), find(user)));
    }

    private static long orNoRoom(long ipa) {
        return ipa == StageTwo.UNMAPPED ? HypercallError.NO_RESOURCES.code() : ipa;
    }

    @Override
    public void notify(int id, int group, int event, boolean once) {
        ShyperDevice device = device(id);
        if (device != null && once) {
            device.notifyGuestOnce();
        } else if (device != null) {
            device.notifyGuest();
        }
        control.builder().consoles().notify(id, group, event);
    }

    @Override
    public void retry(int id) {
        for (Vcpu vcpu : find(id).vcpus()) {
            cores.request(vcpu, Vcpu.REQUEST_RETRY);
        }
    }

    @Override
    public void acknowledged(int id) {
        ShyperDevice device = device(id);
        if (device != null) {
            device.seen();
        }
    }

    private @Nullable ShyperDevice device(int id) {
        for (Vm.Window window : find(id).windows()) {
            if (window.device() instanceof ShyperDevice device) {
                return device;
            }
        }
        return null;
    }

    @Override
    public void mistake(int vm, String format, Object... arguments) {
        PhysicalCore core = cores.executing();
        Vcpu vcpu = core == null ? null : core.running();
        listener.guestError(vcpu == null ? find(vm).vcpus().get(0) : vcpu, format, arguments);
    }

    @Override
    public void message(String line) {
        listener.message(line);
    }

    @Override
    public long nanoseconds() {
        PhysicalCore core = cores.executing();
        long ticks = core == null ? cores.get(0).now() : core.now();
        long hertz = platform.timeHertz();
        return ticks / hertz * 1_000_000_000L + ticks % hertz * 1_000_000_000L / hertz;
    }

    // ---- what VMs do ----

    @Override
    public void stopped(Vm vm) {
        hypercalls.stopped(vm.id());
    }

    @Override
    public void needsImages(Vm vm) {
        if (!hypercalls.askForImages(vm.id())) {
            listener.message("VM %d (%s) does not restart: no daemon of the management VM brings its images"
                    .formatted(vm.id(), vm.name()));
        }
    }

    @Override
    public void removed(Vm vm) {
        hypercalls.removed(vm.id());
    }
}
