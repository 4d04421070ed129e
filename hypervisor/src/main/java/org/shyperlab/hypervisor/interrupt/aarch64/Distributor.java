package org.shyperlab.hypervisor.interrupt.aarch64;

import org.jspecify.annotations.Nullable;

/**
 * State of a VM's emulated GICv2 distributor and the operations on it. The registers in front are {@link DistributorRegisters}.
 *
 * <p>Emulated devices drive {@link #setLine}; physical interrupts that belong to the VM come in by {@link #raise} and are linked to
 * their physical ids, so that the guest's end of interrupt deactivates them without a trap.
 */
public final class Distributor {
    private final InterruptRouter router;
    private final VirtualInterrupt[] shared;
    private final CpuInterface[] interfaces;
    private final int interrupts;
    private boolean enabled;

    /**
     * A distributor in reset state.
     *
     * @param cores the physical core of each vCPU
     * @param interrupts number of interrupt ids, a multiple of 32 up to 1020
     * @param listRegisters list registers of the cores' virtual interfaces
     */
    public Distributor(InterruptRouter router, int[] cores, int interrupts, int listRegisters) {
        this.router = router;
        this.interrupts = interrupts;
        shared = new VirtualInterrupt[interrupts - PhysicalGic.FIRST_SPI];
        for (int i = 0; i < shared.length; i++) {
            shared[i] = new VirtualInterrupt(PhysicalGic.FIRST_SPI + i, null);
        }
        interfaces = new CpuInterface[cores.length];
        for (int i = 0; i < cores.length; i++) {
            interfaces[i] = new CpuInterface(i, cores[i], this, interrupts, listRegisters);
        }
    }

    /** The virtual CPU interface of a vCPU. */
    public CpuInterface cpuInterface(int vcpu) {
        return interfaces[vcpu];
    }

    /** Number of vCPUs. */
    public int cpus() {
        return interfaces.length;
    }

    /** Number of interrupt ids. */
    public int interrupts() {
        return interrupts;
    }

    /** Links shared interrupt {@code id} to the physical interrupt of the same number: a passed-through device's. */
    public void link(int id) {
        shared[id - PhysicalGic.FIRST_SPI].physical = id;
    }

    /** Puts the shared part into reset state; linked physical interrupts are disabled and made inactive. */
    public void reset() {
        enabled = false;
        for (VirtualInterrupt interrupt : shared) {
            interrupt.enabled = false;
            interrupt.edge = false;
            interrupt.latched = false;
            interrupt.line = false;
            interrupt.active = false;
            interrupt.priority = 0;
            interrupt.targets = 0;
            evaluate(interrupt);
            if (interrupt.isHardware()) {
                router.here().resetShared(interrupt.physical);
            }
        }
    }

    boolean isEnabled() {
        return enabled;
    }

    void enable(boolean value) {
        if (enabled == value) {
            return;
        }
        enabled = value;
        for (VirtualInterrupt interrupt : shared) {
            evaluate(interrupt);
        }
        for (CpuInterface cpu : interfaces) {
            for (int id = 0; id < PhysicalGic.FIRST_SPI; id++) {
                evaluate(cpu.privateInterrupt(id));
            }
            cpu.requestSync();
            router.changed(cpu);
        }
    }

    /** The interrupt that {@code cpu} sees under {@code id}. */
    VirtualInterrupt interrupt(CpuInterface cpu, int id) {
        return id < PhysicalGic.FIRST_SPI ? cpu.privateInterrupt(id) : shared[id - PhysicalGic.FIRST_SPI];
    }

    /**
     * Where the interrupt goes: an SPI with several targets to the first of them (the 1-of-N model lets us choose), and to the only
     * vCPU whatever GICD_ITARGETSR holds (IHI 0048B 4.3.12).
     */
    @Nullable
    CpuInterface target(VirtualInterrupt interrupt) {
        if (interrupt.owner != null) {
            return interrupt.owner;
        }
        if (interfaces.length == 1) {
            return interfaces[0];
        }
        int targets = interrupt.targets & (1 << interfaces.length) - 1;
        return targets == 0 ? null : interfaces[Integer.numberOfTrailingZeros(targets)];
    }

    boolean mayDeliver(VirtualInterrupt interrupt) {
        return enabled && interrupt.enabled;
    }

    /** Enters the interrupt into its target's waiting set, or takes it out there. */
    void evaluate(VirtualInterrupt interrupt) {
        CpuInterface target = target(interrupt);
        boolean activeByRegister = interrupt.active && interrupt.holder == null;
        boolean wanted = mayDeliver(interrupt) && interrupt.isPending() && !activeByRegister;
        if (interrupt.owner == null) {
            for (CpuInterface cpu : interfaces) {
                if (cpu != target) {
                    cpu.unwait(interrupt);
                }
            }
        }
        if (target != null) {
            if (wanted) {
                target.wait(interrupt);
            } else {
                target.unwait(interrupt);
            }
        }
    }

    /** Evaluates and has the target look. */
    void deliver(VirtualInterrupt interrupt) {
        evaluate(interrupt);
        CpuInterface target = target(interrupt);
        if (target != null) {
            router.changed(target);
        }
    }

    /** Evaluates, and has the list register's holder (if any) and the target look at everything again. */
    void reconsider(VirtualInterrupt interrupt) {
        CpuInterface holder = interrupt.holder;
        if (holder != null) {
            holder.requestSync();
            router.changed(holder);
        }
        deliver(interrupt);
    }

    /** After {@code self} let go of an interrupt that now waits for another vCPU. */
    void ringOther(VirtualInterrupt interrupt, CpuInterface self) {
        CpuInterface target = target(interrupt);
        if (target != null && target != self && interrupt.isPending() && mayDeliver(interrupt)) {
            router.changed(target);
        }
    }

    void injected(CpuInterface cpu, int id) {
        router.injected(cpu, id);
    }

    /** A physical interrupt of this VM was acknowledged: it becomes pending. Private ones go to {@code cpu}. */
    public void raise(CpuInterface cpu, int id) {
        VirtualInterrupt interrupt = interrupt(cpu, id);
        interrupt.latched = true;
        deliver(interrupt);
    }

    /** A physical shared interrupt of this VM was acknowledged: it becomes pending for whoever it is routed to. */
    public void raiseShared(int id) {
        VirtualInterrupt interrupt = shared[id - PhysicalGic.FIRST_SPI];
        interrupt.latched = true;
        deliver(interrupt);
    }

    /** Sets the level of an emulated device's line to a shared interrupt. */
    public void setLine(int id, boolean high) {
        setLine(shared[id - PhysicalGic.FIRST_SPI], high);
    }

    /** Sets the level of an emulated private line, such as the emulated physical timer's. */
    public void setPrivateLine(CpuInterface cpu, int id, boolean high) {
        setLine(cpu.privateInterrupt(id), high);
    }

    private void setLine(VirtualInterrupt interrupt, boolean high) {
        if (interrupt.line == high) {
            return;
        }
        interrupt.line = high;
        if (high) {
            interrupt.latched |= interrupt.edge;
            deliver(interrupt);
        } else if (!interrupt.edge) {
            reconsider(interrupt);
        }
    }

    /** GICD_SGIR: {@code sender} makes SGI {@code id} pending on the vCPUs in {@code targets}. */
    void sendSgi(CpuInterface sender, int id, int targets) {
        for (CpuInterface cpu : interfaces) {
            if ((targets & 1 << cpu.index()) != 0) {
                VirtualInterrupt interrupt = cpu.privateInterrupt(id);
                interrupt.sources |= 1 << sender.index();
                deliver(interrupt);
            }
        }
    }

    /** Whether the line of the device behind a linked interrupt is high. On the core of the vCPU that a private one belongs to. */
    boolean isPhysicalLineHigh(VirtualInterrupt interrupt) {
        return interrupt.isHardware() && router.here().isPending(interrupt.physical);
    }

    /**
     * Has the vCPU that has the interrupt in a list register, where its guest may have ended it meanwhile, say what became of it: at
     * once if it is {@code reader} itself, else in its core's own time, for the next to look.
     */
    void refresh(VirtualInterrupt interrupt, CpuInterface reader) {
        CpuInterface holder = interrupt.holder;
        if (holder != null && holder != reader) {
            holder.requestSync();
            router.changed(holder);
        }
    }

    /**
     * Gives up a physical interrupt that was taken for the guest and that the guest does not want any more: its next edge may come, and
     * a level that is still high comes again.
     */
    void deactivate(VirtualInterrupt interrupt) {
        router.here().setActive(interrupt.physical, false);
    }

    /**
     * Takes back a level-sensitive physical interrupt that waits here and whose device has lowered its line meanwhile, as a GIC does
     * (3.2.4). One that software made pending stays.
     */
    void resample(VirtualInterrupt interrupt) {
        PhysicalGic gic = router.here();
        boolean sampled = interrupt.latched && interrupt.holder == null && interrupt.isHardware() && !interrupt.edge;
        if (sampled && gic.isActive(interrupt.physical) && !gic.isPending(interrupt.physical)) {
            interrupt.latched = false;
            deactivate(interrupt);
            evaluate(interrupt);
        }
    }

    void setEnabled(VirtualInterrupt interrupt, boolean value) {
        if (interrupt.enabled == value) {
            return;
        }
        resample(interrupt);
        interrupt.enabled = value;
        if (interrupt.physical >= PhysicalGic.FIRST_SPI) {
            CpuInterface target = target(interrupt);
            if (value && target != null) {
                router.route(interrupt.physical, target);
            }
            router.here().enable(interrupt.physical, value);
        }
        if (value) {
            deliver(interrupt);
        } else {
            reconsider(interrupt);
        }
    }

    void setPending(VirtualInterrupt interrupt, boolean value) {
        if (interrupt.physical >= PhysicalGic.FIRST_SPI) {
            router.here().setPending(interrupt.physical, value);
            if (value) {
                return; // it comes back as a physical interrupt
            }
        }
        if (value) {
            interrupt.latched = true;
            deliver(interrupt);
        } else if (interrupt.latched || interrupt.holder != null) {
            if (interrupt.isHardware() && interrupt.holder == null) {
                deactivate(interrupt);
            }
            interrupt.latched = false;
            interrupt.heldLatch = false;
            interrupt.dropPending = interrupt.holder != null && !interrupt.isEmulatedLevel();
            reconsider(interrupt);
        }
    }

    void setActive(VirtualInterrupt interrupt, boolean value) {
        if (interrupt.holder != null) {
            interrupt.dropActive = !value;
        } else {
            interrupt.active = value;
        }
        if (interrupt.isHardware() && !interrupt.latched) {
            router.here().setActive(interrupt.physical, value);
        }
        if (interrupt.holder != null || interrupt.isPending()) {
            reconsider(interrupt);
        }
    }

    /** GICD_ITARGETSR; with a single vCPU writes are ignored (4.3.12). */
    void setTargets(VirtualInterrupt interrupt, int targets) {
        if (interfaces.length == 1) {
            return;
        }
        int valid = targets & (1 << interfaces.length) - 1;
        if (interrupt.owner != null || interrupt.targets == valid) {
            return;
        }
        interrupt.targets = valid;
        CpuInterface target = target(interrupt);
        if (interrupt.isHardware() && target != null) {
            router.route(interrupt.physical, target);
        }
        reconsider(interrupt);
    }

    void setEdge(VirtualInterrupt interrupt, boolean edge) {
        if (interrupt.isSgi() || interrupt.edge == edge) {
            return;
        }
        interrupt.edge = edge;
        if (interrupt.physical >= PhysicalGic.FIRST_SPI) {
            router.here().configure(interrupt.physical, edge);
        }
        deliver(interrupt);
    }

    void setSgiSources(VirtualInterrupt interrupt, int sources, boolean set) {
        if (set) {
            interrupt.sources |= sources & (1 << interfaces.length) - 1;
        } else {
            interrupt.sources &= ~sources;
            interrupt.dropPending = interrupt.holder != null;
        }
        reconsider(interrupt);
    }
}
