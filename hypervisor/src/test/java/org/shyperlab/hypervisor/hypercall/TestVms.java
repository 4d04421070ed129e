package org.shyperlab.hypervisor.hypercall;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.ConfigException;
import org.shyperlab.hypervisor.config.ConfigProblem;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.config.VmConfigChecker;
import org.shyperlab.hypervisor.config.VmConfigFile;
import org.shyperlab.hypervisor.config.VmSource;
import org.shyperlab.hypervisor.config.VmType;
import org.shyperlab.hypervisor.memory.GuestRam;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.memory.PagePool;
import org.shyperlab.hypervisor.memory.Ram;
import org.shyperlab.hypervisor.memory.RegionAllocator;
import org.shyperlab.hypervisor.memory.StageTwo;
import org.shyperlab.hypervisor.memory.aarch64.StageTwoTable;
import org.shyperlab.hypervisor.vm.VmState;

/** VMs that only have memory and a state, so that hypercalls can be tried without running guests. VM n has its RAM at {@link #RAM}. */
final class TestVms implements VmManager {
    static final long RAM = 0x4000_0000L;
    static final long RAM_SIZE = 0x10_0000;
    static final int MOST = 8;

    final List<String> errors = new ArrayList<>();
    final List<String> lines = new ArrayList<>();
    final List<String> notifications = new ArrayList<>();
    final Hypercalls calls;
    private final AddressSpace bus = Ram.bus();
    private final PagePool pool = Ram.pool(bus);
    private final RegionAllocator ram =
            new RegionAllocator(List.of(new MemoryRegion(Ram.BASE + 0x100_0000, Ram.SIZE - 0x100_0000)));
    private final Map<Integer, TestVm> vms = new TreeMap<>();
    private final Map<Integer, MemoryRegion> shared = new TreeMap<>();
    private final PlatformDescription platform = new PlatformDescription(
            4,
            new PlatformDescription.Gic(0x800_0000, 0x801_0000, 0x803_0000, 0x804_0000, 128),
            new MemoryRegion(Ram.BASE, 0x100_0000),
            List.of(new MemoryRegion(Ram.BASE + 0x100_0000, Ram.SIZE - 0x100_0000)),
            List.of(
                    new PlatformDescription.DeviceWindow("gicv", new MemoryRegion(0x804_0000, 0x2000), List.of()),
                    new PlatformDescription.DeviceWindow("uart", new MemoryRegion(0x900_0000, 0x1000), List.of(33)),
                    new PlatformDescription.DeviceWindow("rtc", new MemoryRegion(0x901_0000, 0x1000), List.of(34))),
            62_500_000L);
    private boolean ended;

    private static final class TestVm {
        final int id;
        final VmConfig config;
        final StageTwo table;
        final GuestRam memory;
        VmState state = VmState.INACTIVE;

        TestVm(int id, VmConfig config, StageTwo table, GuestRam memory) {
            this.id = id;
            this.config = config;
            this.table = table;
            this.memory = memory;
        }

        VmEntry entry() {
            return new VmEntry(id, config.name(), config.type(), state);
        }
    }

    /** {@code count} VMs that run. */
    TestVms(int count, boolean permissive) {
        for (int id = 0; id < count; id++) {
            create(id, new VmSetup(config("vm" + id), List.of()));
            boot(id, null);
        }
        calls = new Hypercalls(this, permissive);
    }

    @Override
    public void retry(int id) {
        notifications.add("VM " + id + " calls again");
    }

    @Override
    public void acknowledged(int id) {
        notifications.add("VM " + id + " has looked");
    }

    @Override
    public void mistake(int vm, String format, Object... arguments) {
        errors.add("VM " + vm + ": " + format.formatted(arguments));
    }

    @Override
    public void message(String line) {
        lines.add(line);
    }

    @Override
    public VmConfig config(int id) {
        return find(id).config;
    }

    @Override
    public long exits(int id) {
        return 10L * id;
    }

    private static VmConfig config(String name) {
        return new VmConfig(
                name,
                VmType.VM_T_BARE_MATEL_APP,
                "",
                new VmConfig.Image("kernel", RAM, RAM, null, 0, null, 0),
                List.of(new MemoryRegion(RAM, RAM_SIZE)),
                new VmConfig.Cpu(1, 1, 0),
                List.of(),
                List.of(),
                List.of());
    }

    /** Makes a call as a VM. */
    long call(int vm, Hypercall call, long... arguments) {
        return call(vm, call.code(), arguments);
    }

    long call(int vm, long code, long... arguments) {
        java.util.Arrays.fill(calls.arguments(), 0);
        System.arraycopy(arguments, 0, calls.arguments(), 0, arguments.length);
        return calls.call(vm, code);
    }

    void write(int vm, long ipa, byte[] bytes) {
        if (!find(vm).memory.write(ipa, bytes)) {
            throw new IllegalArgumentException("not RAM");
        }
    }

    void writeWords(int vm, long ipa, long... words) {
        ByteBuffer bytes = ByteBuffer.allocate(words.length * 8).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(words);
        write(vm, ipa, bytes.array());
    }

    byte[] bytes(int vm, long ipa, int length) {
        byte[] bytes = new byte[length];
        if (!find(vm).memory.read(ipa, bytes)) {
            throw new IllegalArgumentException("not RAM");
        }
        return bytes;
    }

    long[] words(int vm, long ipa, int count) {
        return GuestArguments.words(find(vm).memory, ipa, count);
    }

    /** All of a VM's RAM and its state, as one number. */
    long fingerprint(int vm) {
        return java.util.Arrays.hashCode(bytes(vm, RAM, (int) RAM_SIZE)) * 31L
                + find(vm).state.ordinal();
    }

    void fillRandomly(int vm, Random random) {
        byte[] bytes = new byte[(int) RAM_SIZE];
        random.nextBytes(bytes);
        write(vm, RAM, bytes);
    }

    boolean hasEnded() {
        return ended;
    }

    private TestVm find(int id) {
        TestVm vm = vms.get(id);
        if (vm == null) {
            throw new IllegalStateException("no VM " + id);
        }
        return vm;
    }

    // ---- what hypercalls ask for ----

    @Override
    public List<VmEntry> vms() {
        return vms.values().stream().map(TestVm::entry).toList();
    }

    @Override
    public @Nullable VmEntry vm(int id) {
        TestVm vm = vms.get(id);
        return vm == null ? null : vm.entry();
    }

    @Override
    public int freeId(List<Integer> taken) {
        for (int id = 0; id < MOST; id++) {
            if (!vms.containsKey(id) && !taken.contains(id)) {
                return id;
            }
        }
        return -1;
    }

    @Override
    public GuestRam memory(int id) {
        return find(id).memory;
    }

    @Override
    public List<PlatformDescription.DeviceWindow> boardDevices() {
        return platform.devices();
    }

    @Override
    public List<ConfigProblem> check(VmSource candidate) {
        List<VmSource> all = new ArrayList<>();
        for (TestVm vm : vms.values()) {
            all.add(new VmSource(new VmConfigFile(vm.config.name(), vm.config, Map.of(), List.of()), List.of()));
        }
        all.add(candidate);
        try {
            VmConfigChecker.check(all, platform, MOST);
            return List.of();
        } catch (ConfigException e) {
            return e.problems();
        }
    }

    @Override
    public @Nullable HypercallError create(int id, VmSetup setup) {
        StageTwo table = new StageTwoTable(bus, pool, 40);
        for (MemoryRegion region : setup.config().memory()) {
            MemoryRegion taken = ram.allocate(region.length(), StageTwo.PAGE);
            if (taken == null) {
                return HypercallError.NO_RESOURCES;
            }
            bus.clearRam(taken.base(), taken.length());
            table.map(region.base(), taken.base(), region.length(), StageTwo.Attributes.NORMAL, false);
        }
        vms.put(id, new TestVm(id, setup.config(), table, new GuestRam(bus, table)));
        return null;
    }

    private @Nullable HypercallError change(int id, VmState from, VmState to) {
        if (find(id).state != from) {
            return HypercallError.WRONG_STATE;
        }
        find(id).state = to;
        return null;
    }

    @Override
    public @Nullable HypercallError boot(int id, @Nullable Uploads uploads) {
        return change(id, VmState.INACTIVE, VmState.ACTIVE);
    }

    @Override
    public @Nullable HypercallError pause(int id) {
        return change(id, VmState.ACTIVE, VmState.PENDING);
    }

    @Override
    public @Nullable HypercallError resume(int id) {
        return change(id, VmState.PENDING, VmState.ACTIVE);
    }

    @Override
    public @Nullable HypercallError reboot(int id) {
        return change(id, VmState.ACTIVE, VmState.ACTIVE);
    }

    @Override
    public @Nullable HypercallError stop(int id) {
        return change(id, VmState.ACTIVE, VmState.INACTIVE);
    }

    @Override
    public boolean mayLoad(int id) {
        return find(id).state == VmState.INACTIVE;
    }

    @Override
    public @Nullable HypercallError discard(int id) {
        return mayLoad(id) ? remove(id) : HypercallError.WRONG_STATE;
    }

    @Override
    public @Nullable HypercallError remove(int id) {
        calls.stopped(id);
        calls.removed(id);
        for (MemoryRegion region : find(id).config.memory()) {
            ram.free(new MemoryRegion(find(id).table.translate(region.base()), region.length()));
        }
        vms.remove(id);
        return null;
    }

    @Override
    public void endSystem(boolean restart) {
        ended = true;
    }

    @Override
    public long share(int owner, long length) {
        MemoryRegion taken = ram.allocate(length, StageTwo.PAGE);
        if (taken == null) {
            return HypercallError.NO_RESOURCES.code();
        }
        shared.put(owner, taken);
        return mapShared(owner, owner);
    }

    @Override
    public long mapShared(int owner, int user) {
        MemoryRegion memory = shared.get(owner);
        if (memory == null) {
            return HypercallError.FAILED.code();
        }
        long ipa = 0x7_0000_0000L + owner * 0x100_0000L;
        find(user).table.map(ipa, memory.base(), memory.length(), StageTwo.Attributes.NORMAL, false);
        return ipa;
    }

    @Override
    public void notify(int id, int group, int event, boolean once) {
        notifications.add("VM " + id + ": " + group + " " + event + (once ? " once" : ""));
    }

    @Override
    public long nanoseconds() {
        return 1234;
    }
}
