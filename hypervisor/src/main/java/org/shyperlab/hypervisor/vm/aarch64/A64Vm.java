package org.shyperlab.hypervisor.vm.aarch64;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.device.EmulatedDevice;
import org.shyperlab.hypervisor.interrupt.aarch64.Distributor;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.memory.aarch64.GuestMemory;
import org.shyperlab.hypervisor.memory.aarch64.StageTwoTable;
import org.shyperlab.hypervisor.vcpu.aarch64.A64Vcpu;
import org.shyperlab.hypervisor.vm.Vm;

/** An AArch64 VM: stage-2 table, virtual GIC, emulated devices and vCPUs. {@link VmBuilder} puts it together. */
public final class A64Vm extends Vm {
    /** An emulated device and where the guest sees it. */
    public record Window(MemoryRegion region, EmulatedDevice device) {}

    private final VmSetup setup;
    private final AddressSpace bus;
    private final StageTwoTable stageTwo;
    private final GuestMemory memory;
    private final Distributor distributor;
    private final List<A64Vcpu> vcpus = new ArrayList<>();
    private Window[] windows = {};
    private long counterOffset;
    private final boolean partialPassthrough;
    private boolean resetting;

    A64Vm(int id, VmSetup setup, AddressSpace bus, StageTwoTable stageTwo, Distributor distributor) {
        super(id, setup.config());
        this.setup = setup;
        this.bus = bus;
        this.stageTwo = stageTwo;
        this.distributor = distributor;
        memory = new GuestMemory(bus, stageTwo);
        partialPassthrough = setup.config().has(EmulatedDeviceType.GPPT);
    }

    void add(A64Vcpu vcpu) {
        vcpus.add(vcpu);
    }

    void add(Window window) {
        List<Window> all = new ArrayList<>(List.of(windows));
        all.add(window);
        windows = all.toArray(Window[]::new);
    }

    @Override
    public List<A64Vcpu> vcpus() {
        return vcpus;
    }

    /** The emulated device at an IPA, or null. */
    public @Nullable Window windowAt(long ipa) {
        for (Window window : windows) {
            if (window.region().contains(ipa, 1)) {
                return window;
            }
        }
        return null;
    }

    /** The emulated devices. */
    public List<Window> windows() {
        return List.of(windows);
    }

    /** Its stage-2 table. */
    public StageTwoTable stageTwo() {
        return stageTwo;
    }

    /** Its memory, for reading and writing on its behalf. */
    public GuestMemory memory() {
        return memory;
    }

    /** Its emulated distributor. */
    public Distributor distributor() {
        return distributor;
    }

    /** Whether it owns its interrupts: no list registers, device interrupts reach it without a trap. */
    public boolean hasPartialPassthrough() {
        return partialPassthrough;
    }

    /** VTTBR_EL2: table and VMID. VMID 0 is not used. */
    public long translationBase() {
        return stageTwo.root() | (long) (id() + 1) << 48;
    }

    /** CNTVOFF_EL2: the VM's counter starts at zero when the VM does. */
    public long counterOffset() {
        return counterOffset;
    }

    /** Sets the counter's offset; at the VM's start. */
    public void counterOffset(long value) {
        counterOffset = value;
    }

    /** Whether the VM starts again as soon as its last vCPU has stopped. */
    public boolean isResetting() {
        return resetting;
    }

    /** Asks for, or ends, a reset. */
    public void resetting(boolean value) {
        resetting = value;
    }

    /** Zeroes the RAM and loads the images: what a VM finds when it starts. */
    public void load(boolean clear) {
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
        for (long ipa = region.base(); ipa < region.end(); ipa += StageTwoTable.PAGE) {
            bus.clearRam(stageTwo.translate(ipa), StageTwoTable.PAGE);
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
    public long entryPoint() {
        return config().image().entryPoint();
    }

    /** What vCPU 0 finds in X0: the device tree's address. */
    public long bootArgument() {
        VmConfig.Image image = config().image();
        return image.deviceTreeAddress();
    }
}
