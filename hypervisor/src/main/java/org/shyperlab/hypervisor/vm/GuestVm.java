package org.shyperlab.hypervisor.vm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.device.EmulatedDevice;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.memory.StageTwo;

/** What VMs of every architecture have: RAM behind a stage-2 table, images, emulated devices. */
public abstract class GuestVm extends Vm {
    /** An emulated device and where the guest sees it. */
    public record Window(MemoryRegion region, EmulatedDevice device) {}

    private final VmSetup setup;
    private final AddressSpace bus;
    private final StageTwo stageTwo;
    private Window[] windows = {};
    private boolean resetting;

    /** VM {@code id} with its RAM behind {@code stageTwo}. */
    protected GuestVm(int id, VmSetup setup, AddressSpace bus, StageTwo stageTwo) {
        super(id, setup.config());
        this.setup = setup;
        this.bus = bus;
        this.stageTwo = stageTwo;
    }

    /** Gives the VM an emulated device; while it is built. */
    public final void add(Window window) {
        List<Window> all = new ArrayList<>(List.of(windows));
        all.add(window);
        windows = all.toArray(Window[]::new);
    }

    /** The emulated device at a guest physical address, or null. */
    public final @Nullable Window windowAt(long ipa) {
        for (Window window : windows) {
            if (window.region().contains(ipa, 1)) {
                return window;
            }
        }
        return null;
    }

    /** The emulated devices. */
    public final List<Window> windows() {
        return List.of(windows);
    }

    /** Whether the VM starts again as soon as its last vCPU has stopped. */
    public final boolean isResetting() {
        return resetting;
    }

    /** Asks for, or ends, a reset. */
    public final void resetting(boolean value) {
        resetting = value;
    }

    /** Zeroes the RAM and loads the images: what a VM finds when it starts. */
    public final void load(boolean clear) {
        if (clear) {
            for (MemoryRegion region : config().memory()) {
                clear(region);
            }
        }
        for (VmSetup.Image image : setup.images()) {
            copyIn(image);
        }
    }

    private void clear(MemoryRegion region) {
        for (long ipa = region.base(); ipa < region.end(); ipa += StageTwo.PAGE) {
            bus.clearRam(stageTwo.translate(ipa), StageTwo.PAGE);
        }
    }

    /** A region of VM RAM is contiguous in physical memory, and an image lies inside one region. */
    private void copyIn(VmSetup.Image image) {
        long end = image.ipa() + image.bytes().length;
        for (MemoryRegion region : config().memory()) {
            if (region.contains(image.ipa(), image.bytes().length)) {
                bus.writeRam(stageTwo.translate(image.ipa()), image.bytes());
                return;
            }
        }
        throw new IllegalArgumentException("%s of VM %s at 0x%x..0x%x is not in one region of its RAM"
                .formatted(image.name(), name(), image.ipa(), end));
    }

    /** Where vCPU 0 starts. */
    public final long entryPoint() {
        return config().image().entryPoint();
    }

    /** What vCPU 0 finds as its argument: the device tree's address. */
    public final long bootArgument() {
        VmConfig.Image image = config().image();
        return image.deviceTreeAddress();
    }
}
