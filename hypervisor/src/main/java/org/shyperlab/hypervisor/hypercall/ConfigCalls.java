package org.shyperlab.hypervisor.hypercall;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.ConfigProblem;
import org.shyperlab.hypervisor.config.DeviceTreeType;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.config.VmConfigBuilder;
import org.shyperlab.hypervisor.config.VmSource;
import org.shyperlab.hypervisor.config.VmType;
import org.shyperlab.hypervisor.memory.GuestRam;
import org.shyperlab.hypervisor.memory.MemoryRegion;

/**
 * CONFIG: a VM's configuration in pieces, then its images. The configuration is checked whole when the first image comes; what is wrong
 * then is on the hypervisor's console and in CHECK's text.
 */
final class ConfigCalls {
    private static final long OK = 0;
    private static final int ADD_VM_WORDS = 8;
    private static final int PARAMETERS = 16;
    private static final int LONGEST_COMMAND_LINE = 1023;
    private static final int MOST_PIECES = 64;

    private final VmManager manager;
    private final VmConfigDrafts drafts;
    private final Refusals refusals;

    ConfigCalls(VmManager manager, VmConfigDrafts drafts, Refusals refusals) {
        this.manager = manager;
        this.drafts = drafts;
        this.refusals = refusals;
    }

    long call(int caller, Hypercall call, long[] x) {
        return switch (call) {
            case ADD_VM -> add(caller, call, x[0]);
            case DELETE_VM -> delete(caller, call, (int) x[0]);
            case UPLOAD_KERNEL_IMAGE -> upload(caller, call, Uploads.Kind.KERNEL, x);
            case UPLOAD_DEVICE_TREE -> upload(caller, call, Uploads.Kind.DEVICE_TREE, x);
            case UPLOAD_RAMDISK -> upload(caller, call, Uploads.Kind.RAMDISK, x);
            default -> {
                VmConfigBuilder draft = drafts.draft((int) x[0]);
                if (draft == null) {
                    yield refusals.refuse(
                            caller,
                            call,
                            HypercallError.WRONG_STATE,
                            "VM %d is made and not configured any more",
                            x[0]);
                }
                yield call == Hypercall.CHECK ? check(caller, draft, x) : change(caller, call, draft, x);
            }
        };
    }

    private GuestRam memory(int caller) {
        return manager.memory(caller);
    }

    private long add(int caller, Hypercall call, long ipa) {
        long[] words = GuestArguments.words(memory(caller), ipa, ADD_VM_WORDS);
        String name = text(caller, words[0], words[1], Argument.NAME_SIZE - 1);
        String commandLine = text(caller, words[3], words[4], LONGEST_COMMAND_LINE);
        if (name == null || commandLine == null || words[2] < 0 || words[2] >= VmType.values().length) {
            return refusals.refuse(
                    caller,
                    call,
                    HypercallError.BAD_ARGUMENT,
                    "name 0x%x + %d (31 bytes at most), type %d (0 to 2), command line 0x%x + %d (1023 bytes at most)",
                    words[0],
                    words[1],
                    words[2],
                    words[3],
                    words[4]);
        }
        int id = freeId();
        if (id < 0) {
            return refusals.refuse(caller, call, HypercallError.NO_RESOURCES, "there are as many VMs as there may be");
        }
        VmType type = VmType.values()[(int) words[2]];
        drafts.add(id, new VmConfigBuilder(name, type, commandLine, words[5], words[6], words[7]));
        return id;
    }

    private int freeId() {
        List<Integer> taken = new ArrayList<>(drafts.all().keySet());
        return manager.freeId(taken);
    }

    /** A text of the caller, or null when its length or address is wrong. */
    private @Nullable String text(int caller, long ipa, long length, int most) {
        boolean right = length >= 0 && length <= most && memory(caller).isRam(ipa, length);
        return right ? GuestArguments.text(memory(caller), ipa, (int) length) : null;
    }

    private long delete(int caller, Hypercall call, int id) {
        HypercallError error = drafts.has(id) ? null : manager.discard(id);
        if (error != null) {
            return refusals.refuse(caller, call, error, "VM %d", id);
        }
        drafts.remove(id);
        return OK;
    }

    private long change(int caller, Hypercall call, VmConfigBuilder draft, long[] x) {
        if (draft.pieces() >= MOST_PIECES) {
            return refusals.refuse(
                    caller, call, HypercallError.NO_RESOURCES, "a configuration has %d pieces at most", MOST_PIECES);
        }
        boolean right = switch (call) {
            case CPU -> {
                draft.cpu((int) x[1], x[2], (int) x[3]);
                yield true;
            }
            case MEMORY_REGION -> isRegion(x[1], x[2]) && memory(draft, x);
            case EMULATED_DEVICE -> isRegion(x[2], x[3]) && emulated(memory(caller), draft, x);
            case PASSTHROUGH_REGION -> isRegion(x[1], x[3]) && passthrough(draft, x);
            case PASSTHROUGH_IRQS -> interrupts(memory(caller), draft, x);
            case DTB_DEVICE -> isRegion(x[5], x[6]) && deviceTree(memory(caller), draft, x);
            default -> false;
        };
        return right
                ? OK
                : refusals.refuse(
                        caller,
                        call,
                        HypercallError.BAD_ARGUMENT,
                        "of VM %d: not a range of addresses, or no such number of a type or interrupt",
                        x[0]);
    }

    private static boolean isRegion(long base, long length) {
        return base >= 0 && length > 0 && base + length > 0;
    }

    private static boolean memory(VmConfigBuilder draft, long[] x) {
        draft.memory(new MemoryRegion(x[1], x[2]));
        return true;
    }

    private static boolean emulated(GuestRam memory, VmConfigBuilder draft, long[] x) {
        EmulatedDeviceType type = EmulatedDeviceType.of(x[6]);
        if (type == null) {
            return false;
        }
        List<Long> parameters = new ArrayList<>();
        long[] words = GuestArguments.words(memory, x[5], PARAMETERS);
        for (int i = 0; i < type.parameters(); i++) { // the call has no count: what the type does not use is padding
            parameters.add(words[i]);
        }
        draft.emulated(new VmConfig.Emulated(
                GuestArguments.name(memory, x[1]), new MemoryRegion(x[2], x[3]), (int) x[4], parameters, type));
        return true;
    }

    private static boolean passthrough(VmConfigBuilder draft, long[] x) {
        boolean right = isRegion(x[2], x[3]);
        if (right) {
            draft.passthrough(x[2], new MemoryRegion(x[1], x[3]));
        }
        return right;
    }

    private static @Nullable List<Integer> numbers(GuestRam memory, long ipa, long count) {
        List<Integer> numbers = new ArrayList<>();
        for (long number : GuestArguments.words(memory, ipa, (int) count)) {
            if (number < 0 || number > Short.MAX_VALUE) {
                return null;
            }
            numbers.add((int) number);
        }
        return numbers;
    }

    private static boolean interrupts(GuestRam memory, VmConfigBuilder draft, long[] x) {
        List<Integer> numbers = numbers(memory, x[1], x[2]);
        if (numbers == null) {
            return false;
        }
        numbers.forEach(draft::interrupt);
        return true;
    }

    private static boolean deviceTree(GuestRam memory, VmConfigBuilder draft, long[] x) {
        List<Integer> numbers = numbers(memory, x[3], x[4]);
        if (numbers == null) {
            return false;
        }
        DeviceTreeType type = DeviceTreeType.values()[(int) x[2]];
        draft.deviceTree(new VmConfig.DeviceTreeNode(
                GuestArguments.name(memory, x[1]), type, numbers, new MemoryRegion(x[5], x[6])));
        return true;
    }

    private VmSource source(VmConfigBuilder draft) {
        return draft.source(draft.name(), manager.boardDevices());
    }

    private long check(int caller, VmConfigBuilder draft, long[] x) {
        String text = manager.check(source(draft)).stream()
                .map(ConfigProblem::toString)
                .collect(Collectors.joining("\n"));
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] written = Arrays.copyOf(bytes, (int) Math.min(bytes.length, x[2]));
        memory(caller).write(x[1], written);
        return written.length;
    }

    private long upload(int caller, Hypercall call, Uploads.Kind kind, long[] x) {
        int id = (int) x[0];
        Uploads uploads = drafts.has(id) ? make(caller, call, id) : drafts.uploads(id);
        VmEntry vm = manager.vm(id);
        if (uploads == null || vm == null) {
            return drafts.has(id)
                    ? HypercallError.BAD_ARGUMENT.code()
                    : refusals.refuse(caller, call, HypercallError.WRONG_STATE, "VM %d was not made by hypercalls", id);
        }
        if (!manager.mayLoad(id)) {
            return refusals.refuse(caller, call, HypercallError.WRONG_STATE, "VM %d is %s", id, vm.state());
        }
        GuestRam target = manager.memory(id);
        long address = address(manager.config(id).image(), kind);
        long size = x[1];
        if (!uploads.fits(kind, size, x[3], x[4]) || !target.isRam(address, size)) {
            return refusals.refuse(
                    caller,
                    call,
                    HypercallError.BAD_ARGUMENT,
                    "0x%x bytes at offset 0x%x of a %s of 0x%x bytes at 0x%x: parts follow each other, and all is RAM",
                    x[4],
                    x[3],
                    kind.text(),
                    size,
                    address);
        }
        if (uploads.isEmpty()) {
            manager.config(id).memory().forEach(region -> target.clear(region.base(), region.length()));
        }
        memory(caller).copyTo(x[2], target, address + x[3], x[4]);
        uploads.add(kind, size, x[3], x[4]);
        return OK;
    }

    private static long address(VmConfig.Image image, Uploads.Kind kind) {
        return switch (kind) {
            case KERNEL -> image.kernelAddress();
            case DEVICE_TREE -> image.deviceTreeAddress();
            case RAMDISK -> image.ramdiskAddress();
        };
    }

    /** Makes the VM of its configuration; null when that is not right. */
    private @Nullable Uploads make(int caller, Hypercall call, int id) {
        VmConfigBuilder draft = drafts.draft(id);
        if (draft == null) {
            return null;
        }
        VmSource source = source(draft);
        List<ConfigProblem> problems = manager.check(source);
        problems.forEach(problem -> manager.message(problem.toString()));
        VmConfig config = source.file().config();
        if (!problems.isEmpty() || config == null) {
            refusals.refuse(caller, call, HypercallError.BAD_ARGUMENT, "the configuration of VM %d has problems", id);
            return null;
        }
        HypercallError error = manager.create(id, new VmSetup(config, List.of()));
        if (error != null) {
            refusals.refuse(caller, call, error, "VM %d could not be made", id);
            return null;
        }
        return drafts.made(id);
    }
}
