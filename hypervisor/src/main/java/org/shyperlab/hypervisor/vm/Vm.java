package org.shyperlab.hypervisor.vm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.uart.SerialInput;
import org.shyperlab.emulator.device.uart.SerialPort;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.device.EmulatedConsole;
import org.shyperlab.hypervisor.device.EmulatedDevice;
import org.shyperlab.hypervisor.memory.GuestRam;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.memory.StageTwo;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vcpu.VcpuState;

/** A virtual machine: RAM behind a stage-2 table, images, emulated devices, vCPUs, and where it is in its life. */
public abstract class Vm {
    /** An emulated device and where the guest sees it. */
    public record Window(MemoryRegion region, EmulatedDevice device) {}

    /** What happens once the last vCPU has stopped. */
    enum Ending {
        /** Nothing: it may be booted again. */
        REST,
        /** It is loaded again and starts over. */
        RESET,
        /** It goes away. */
        REMOVE
    }

    private final int id;
    private final VmSetup setup;
    private final AddressSpace bus;
    private final StageTwo stageTwo;
    private final List<MemoryRegion> physicalRam = new ArrayList<>();
    private Window[] windows = {};
    private VmState state = VmState.INACTIVE;
    private Ending ending = Ending.REST;
    private long epoch;
    private long pausedAt;
    private boolean used;
    private boolean loadedByCalls;

    /** VM {@code id} with its RAM behind {@code stageTwo}; 0 is the management VM. */
    protected Vm(int id, VmSetup setup, AddressSpace bus, StageTwo stageTwo) {
        this.id = id;
        this.setup = setup;
        this.bus = bus;
        this.stageTwo = stageTwo;
    }

    // ---- what the architecture adds ----

    /** Its vCPUs. */
    public abstract List<? extends Vcpu> vcpus();

    /** Its RAM, for reading and writing on its behalf. */
    public abstract GuestRam memory();

    /** The wire to the VM's interrupt controller of one of its emulated devices. */
    public abstract InterruptLine line(int interrupt);

    /** Makes the interrupt of an emulated device pending once: a PLIC and an APLIC remember the edge. */
    public void pulse(int interrupt) {
        InterruptLine line = line(interrupt);
        line.set(true);
        line.set(false);
    }

    /** Puts the interrupt controller into reset state; all vCPUs are off. */
    protected abstract void resetInterrupts();

    // ---- what all have ----

    /** Number of the VM; 0 is the management VM. */
    public final int id() {
        return id;
    }

    /** What it was built from. */
    public final VmConfig config() {
        return setup.config();
    }

    /** Its name. */
    public final String name() {
        return setup.config().name();
    }

    /** Where it is in its life. */
    public final VmState state() {
        return state;
    }

    /** Changes the state; for the hypervisor. */
    final void state(VmState value) {
        state = value;
    }

    /** What happens once the last vCPU has stopped. */
    final Ending ending() {
        return ending;
    }

    /** Decides what happens once the last vCPU has stopped. */
    final void ending(Ending value) {
        ending = value;
    }

    /** Its stage-2 table. */
    public final StageTwo stageTwo() {
        return stageTwo;
    }

    /** The RAM of the board that it has, a region for each of its configuration's. */
    final List<MemoryRegion> physicalRam() {
        return physicalRam;
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

    /** Its first emulated serial port, for its input side; null when it has none. */
    public final @Nullable SerialPort console() {
        for (Window window : windows) {
            if (window.device() instanceof EmulatedConsole found) {
                return found.uart();
            }
        }
        return null;
    }

    /**
     * Where somebody outside types to the VM: its first emulated serial port, else its first virtio console that is connected to no
     * other one now; null when it has neither.
     */
    public final @Nullable SerialInput keyboard() {
        SerialPort uart = console();
        if (uart != null) {
            return uart;
        }
        for (Window window : windows) {
            SerialInput found = window.device().keyboard();
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** Counter value at which the VM's own time was zero. */
    public final long epoch() {
        return epoch;
    }

    /**
     * The VM's own time in ticks of the counter, zero unless it is active or paused.
     *
     * @param now what the board's counter shows
     */
    public final long time(long now) {
        return switch (state) {
            case ACTIVE -> Math.max(0, now - epoch);
            case PAUSED -> pausedAt - epoch;
            default -> 0;
        };
    }

    /** The VM's time starts at zero: when it is powered on or reset. */
    final void startClock(long now) {
        epoch = now;
    }

    /** The VM's time stands still; the last vCPU to be paused counts. */
    final void stopClock(long now) {
        pausedAt = Math.max(pausedAt, now);
    }

    /** The VM's time goes on as if nothing had been. */
    final void resumeClock(long now) {
        epoch += now - pausedAt;
    }

    /** Whether it does not run, and has stopped for good. */
    final boolean mayBoot() {
        return !state.isAlive() && isStill();
    }

    /** Whether no vCPU is on. */
    public final boolean isStill() {
        List<? extends Vcpu> all = vcpus();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).state() != VcpuState.OFF) {
                return false;
            }
        }
        return true;
    }

    /** Whether no vCPU moves: each is off, or paused, or has not begun. */
    final boolean isPaused() {
        for (Vcpu vcpu : vcpus()) {
            switch (vcpu.state()) {
                case READY, RUNNING, BLOCKED -> {
                    return false;
                }
                case OFF, STARTING, PAUSED -> {}
            }
        }
        return true;
    }

    /** Puts emulated devices and the interrupt controller into reset state. */
    final void resetDevices() {
        for (Window window : windows) {
            window.device().reset();
        }
        resetInterrupts();
    }

    /** Hypercalls put the VM's images into its RAM, which is left alone from now on. */
    public final void loadedByCalls() {
        loadedByCalls = true;
    }

    /** Whether somebody else must put the images into the RAM before the VM starts. */
    public final boolean isLoadedByCalls() {
        return loadedByCalls;
    }

    /** Loads the images into RAM that is zero but for them: what a VM finds when it starts. */
    final void load() {
        if (loadedByCalls) {
            return;
        }
        if (used) {
            clear();
        }
        used = true;
        for (VmSetup.Image image : setup.images()) {
            copyIn(image);
        }
    }

    /** Zeroes the RAM. */
    final void clear() {
        for (MemoryRegion region : physicalRam) {
            bus.clearRam(region.base(), region.length());
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

    @Override
    public final String toString() {
        return "VM " + id + " (" + name() + ")";
    }
}
