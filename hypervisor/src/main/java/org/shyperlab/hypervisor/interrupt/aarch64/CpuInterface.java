package org.shyperlab.hypervisor.interrupt.aarch64;

import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.vcpu.Vcpu;

/**
 * The virtual CPU interface of one vCPU: decides which of its pending interrupts are in list registers. While the vCPU's register
 * file is in a core ("resident"), list registers are GICH_LRn of that core; otherwise a saved copy.
 *
 * <p>Interrupts that find no room wait in a bit set, and maintenance interrupts (GICH_HCR.UIE, NPIE and the EOI bit of list
 * registers, IHI 0048B 5.3.1) bring the hypervisor back when there is room.
 */
public final class CpuInterface {
    /** LR state bits: pending. */
    static final int PENDING = 1 << 28;
    /** LR state bits: active. */
    static final int ACTIVE = 1 << 29;

    private static final int STATE = PENDING | ACTIVE;
    private static final int HARDWARE = 1 << 31;
    private static final int EOI_MAINTENANCE = 1 << 19;
    private static final int ID_MASK = 0x3ff;
    private static final int HCR_ENABLE = 1;
    private static final int HCR_UNDERFLOW = 1 << 1;
    private static final int HCR_NO_PENDING = 1 << 3;

    private final int index;
    private final int core;
    private final Distributor distributor;
    private final VirtualInterrupt[] privates = new VirtualInterrupt[PhysicalGic.FIRST_SPI];
    private final long[] waiting;
    private final VirtualInterrupt[] held;
    private final int[] saved;
    private final int allRegisters;

    /** List registers that may hold something; the guest empties them without telling. */
    private int used;

    private @Nullable PhysicalGic gic;
    private int control;
    private int machineControl;
    private int activePriorities;
    private boolean syncNeeded;
    private @Nullable Vcpu owner;

    CpuInterface(int index, int core, Distributor distributor, int interrupts, int listRegisters) {
        this.index = index;
        this.core = core;
        this.distributor = distributor;
        waiting = new long[interrupts + 63 >>> 6];
        held = new VirtualInterrupt[listRegisters];
        saved = new int[listRegisters];
        allRegisters = (1 << listRegisters) - 1;
        for (int id = 0; id < privates.length; id++) {
            privates[id] = new VirtualInterrupt(id, this);
        }
        privates[PhysicalGic.VIRTUAL_TIMER].physical = PhysicalGic.VIRTUAL_TIMER;
    }

    /** The vCPU. */
    public Vcpu owner() {
        Vcpu vcpu = owner;
        if (vcpu == null) {
            throw new IllegalStateException("virtual CPU interface " + index + " has no vCPU yet");
        }
        return vcpu;
    }

    /** Sets the vCPU; once, while a VM is built. */
    public void owner(Vcpu vcpu) {
        owner = vcpu;
    }

    /** The vCPU's number in its VM. */
    public int index() {
        return index;
    }

    /** The physical core that runs the vCPU. */
    public int core() {
        return core;
    }

    /** The VM's distributor. */
    public Distributor distributor() {
        return distributor;
    }

    VirtualInterrupt privateInterrupt(int id) {
        return privates[id];
    }

    /** Puts everything into reset state, as at power-on of the vCPU. It must not be resident. */
    public void reset() {
        for (int n = 0; n < held.length; n++) {
            if ((used & 1 << n) != 0) {
                forget(n);
            }
            saved[n] = 0;
        }
        for (VirtualInterrupt interrupt : privates) {
            interrupt.enabled = interrupt.isSgi();
            interrupt.edge = interrupt.isSgi();
            interrupt.priority = 0;
            interrupt.latched = false;
            interrupt.line = false;
            interrupt.active = false;
            interrupt.sources = 0;
            distributor.evaluate(interrupt);
        }
        machineControl = 0;
        activePriorities = 0;
    }

    /** The vCPU's registers go into a core: fills that core's virtual interface. */
    public void load(PhysicalGic target) {
        gic = target;
        target.virtualMachineControl(machineControl);
        target.activePriorities(activePriorities);
        for (int n = 0; n < saved.length; n++) {
            target.listRegister(n, saved[n]);
        }
        control = HCR_ENABLE;
        target.virtualControl(control);
        if (isTimerHeld()) {
            target.setActive(PhysicalGic.VIRTUAL_TIMER, true);
        }
        syncNeeded = true;
        update();
    }

    /**
     * The vCPU's registers leave the core. The guest's timer interrupt is private to the physical core: when this vCPU has not ended
     * it, it is made inactive here and active again by {@link #load}, so that the next vCPU's timer can fire meanwhile.
     */
    public void save() {
        PhysicalGic from = gic;
        if (from == null) {
            throw new IllegalStateException("vCPU " + index + " is not resident");
        }
        machineControl = from.virtualMachineControl();
        activePriorities = from.activePriorities();
        for (int n = 0; n < saved.length; n++) {
            saved[n] = (used & 1 << n) != 0 ? from.listRegister(n) : 0;
        }
        from.virtualControl(0);
        gic = null;
        if (isTimerHeld()) {
            from.setActive(PhysicalGic.VIRTUAL_TIMER, false);
        }
    }

    /** Whether this vCPU has taken the physical virtual-timer interrupt and its guest has not ended it. */
    private boolean isTimerHeld() {
        VirtualInterrupt timer = privates[PhysicalGic.VIRTUAL_TIMER];
        return timer.latched || timer.listRegister >= 0 && (read(timer.listRegister) & STATE) != 0;
    }

    private int read(int n) {
        PhysicalGic resident = gic;
        return resident != null ? resident.listRegister(n) : saved[n];
    }

    private void write(int n, int value) {
        PhysicalGic resident = gic;
        if (resident != null) {
            resident.listRegister(n, value);
        } else {
            saved[n] = value;
        }
    }

    void wait(VirtualInterrupt interrupt) {
        waiting[interrupt.id >>> 6] |= 1L << interrupt.id;
    }

    void unwait(VirtualInterrupt interrupt) {
        waiting[interrupt.id >>> 6] &= ~(1L << interrupt.id);
    }

    /** Asks for a full look at the list registers at the next {@link #update}, because something was taken back. */
    public void requestSync() {
        syncNeeded = true;
    }

    /** Brings the list registers up to date. Runs on the vCPU's own core only. */
    public void update() {
        if (syncNeeded) {
            syncNeeded = false;
            for (int n = 0; n < held.length; n++) {
                if ((used & 1 << n) != 0) {
                    fold(n);
                }
            }
        }
        if (gic != null) {
            fill();
        }
    }

    /** Whether an interrupt would wake this vCPU from WFI. */
    public boolean hasPending() {
        for (long word : waiting) {
            if (word != 0) {
                return true;
            }
        }
        for (int n = 0; n < held.length; n++) {
            if ((used & 1 << n) != 0 && (read(n) & PENDING) != 0) {
                return true;
            }
        }
        return false;
    }

    /** Takes over what the guest did with list register {@code n}, and carries out what distributor writes asked for. */
    private void fold(int n) {
        VirtualInterrupt interrupt = held[n];
        int value = read(n);
        int wanted = value;
        if (interrupt.dropPending) {
            wanted &= ~PENDING;
            if ((value & HARDWARE) != 0 && (value & STATE) == PENDING) {
                distributor.deactivate(interrupt);
            }
        }
        if (interrupt.dropActive) {
            wanted &= ~ACTIVE;
        }
        interrupt.dropPending = false;
        interrupt.dropActive = false;
        if ((wanted & STATE) == PENDING && !belongsHere(interrupt)) {
            giveBack(interrupt, value);
            wanted = 0;
        } else if ((wanted & STATE) == PENDING && interrupt.isTakenBack()) {
            wanted = 0;
        }
        if ((wanted & STATE) == 0) {
            if (value != 0 && (value & HARDWARE) == 0 || (value & STATE) != 0) {
                write(n, 0);
            }
            forget(n);
            distributor.evaluate(interrupt);
            distributor.ringOther(interrupt, this);
            return;
        }
        if ((wanted & STATE) == ACTIVE && interrupt.isEmulatedLevel() && !interrupt.isPending()) {
            // The device has been served while its interrupt is active: when it ends there is nothing to look at.
            wanted &= ~EOI_MAINTENANCE;
        }
        if (wanted != value) {
            write(n, wanted);
        }
        interrupt.active = (wanted & ACTIVE) != 0;
        interrupt.heldPending = (wanted & PENDING) != 0;
        interrupt.heldLatch &= interrupt.heldPending;
    }

    private boolean belongsHere(VirtualInterrupt interrupt) {
        return distributor.mayDeliver(interrupt) && distributor.target(interrupt) == this;
    }

    private void forget(int n) {
        VirtualInterrupt interrupt = held[n];
        used &= ~(1 << n);
        interrupt.holder = null;
        interrupt.listRegister = -1;
        interrupt.active = false;
        interrupt.heldPending = false;
        interrupt.heldLatch = false;
    }

    /** The interrupt of a pending list register becomes pending at the distributor again. */
    private static void giveBack(VirtualInterrupt interrupt, int value) {
        if (interrupt.isSgi()) {
            interrupt.sources |= 1 << (value >>> 10 & 7);
        } else if (!interrupt.isEmulatedLevel() || interrupt.heldLatch) {
            interrupt.latched = true;
        }
    }

    private void fill() {
        VirtualInterrupt next = mostUrgent();
        while (next != null && place(next)) {
            next = mostUrgent();
        }
        setMaintenance(next != null);
    }

    /** The waiting interrupt with the highest priority (lowest value); of equals the lowest id. */
    private @Nullable VirtualInterrupt mostUrgent() {
        VirtualInterrupt best = null;
        for (int word = 0; word < waiting.length; word++) {
            long bits = waiting[word];
            while (bits != 0) {
                VirtualInterrupt candidate = distributor.interrupt(this, word * 64 + Long.numberOfTrailingZeros(bits));
                if (best == null || candidate.priority < best.priority) {
                    best = candidate;
                }
                bits &= bits - 1;
            }
        }
        return best;
    }

    /** Puts a waiting interrupt into a list register; false when there is no room for it. */
    private boolean place(VirtualInterrupt interrupt) {
        if (interrupt.holder != null) {
            if (interrupt.holder != this || !isFinished(interrupt)) {
                merge(interrupt);
                return true;
            }
        }
        int n = room(interrupt.priority);
        if (n < 0) {
            return false;
        }
        write(n, take(interrupt));
        used |= 1 << n;
        held[n] = interrupt;
        interrupt.holder = this;
        interrupt.listRegister = n;
        interrupt.heldPending = true;
        distributor.injected(this, interrupt.id);
        return true;
    }

    /** Frees the list register that held the interrupt when the guest has ended it; it may have asked for maintenance at its end. */
    private boolean isFinished(VirtualInterrupt interrupt) {
        int n = interrupt.listRegister;
        if ((read(n) & STATE) != 0) {
            return false;
        }
        write(n, 0);
        forget(n);
        return true;
    }

    /** Pending again while a list register still holds it: added there when the architecture allows, else it waits for the end. */
    private void merge(VirtualInterrupt interrupt) {
        unwait(interrupt);
        CpuInterface holder = interrupt.holder;
        if (holder != this) {
            return;
        }
        int n = interrupt.listRegister;
        int value = read(n);
        boolean sameSource = !interrupt.isSgi() || interrupt.sources == 1 << (value >>> 10 & 7);
        if (interrupt.isHardware()) {
            return;
        }
        if (interrupt.edge && sameSource) {
            interrupt.latched = false;
            interrupt.sources = 0;
            if ((value & PENDING) == 0) {
                write(n, value | PENDING);
                interrupt.heldPending = true;
                distributor.injected(this, interrupt.id);
            }
        } else if ((value & EOI_MAINTENANCE) == 0) {
            write(n, value | EOI_MAINTENANCE);
        }
    }

    /** The list register value for a pending interrupt, which from now on is pending there and no longer at the distributor. */
    private int take(VirtualInterrupt interrupt) {
        unwait(interrupt);
        int value = interrupt.id | PENDING | interrupt.priority >>> 3 << 23;
        if (interrupt.isSgi()) {
            int source = Integer.numberOfTrailingZeros(interrupt.sources);
            interrupt.sources &= ~(1 << source);
            return value | source << 10 | (interrupt.sources != 0 ? EOI_MAINTENANCE : 0);
        }
        interrupt.heldLatch = interrupt.latched && interrupt.isEmulatedLevel();
        interrupt.latched = false;
        if (interrupt.isHardware()) {
            return value | HARDWARE | (interrupt.physical & ID_MASK) << 10;
        }
        return interrupt.edge ? value : value | EOI_MAINTENANCE;
    }

    /** A free list register; else one that the guest has emptied; else that of a less urgent pending interrupt; else -1. */
    private int room(int priority) {
        PhysicalGic resident = gic;
        if (used == allRegisters && resident != null) {
            int empty = resident.emptyListRegisters() & used;
            while (empty != 0) {
                fold(Integer.numberOfTrailingZeros(empty));
                empty &= empty - 1;
            }
        }
        int free = ~used & allRegisters;
        return free != 0 ? Integer.numberOfTrailingZeros(free) : evict(priority);
    }

    private int evict(int priority) {
        int victim = -1;
        int worst = priority;
        for (int n = 0; n < held.length; n++) {
            if (held[n].priority > worst && (read(n) & STATE) == PENDING) {
                worst = held[n].priority;
                victim = n;
            }
        }
        if (victim >= 0) {
            VirtualInterrupt interrupt = held[victim];
            giveBack(interrupt, read(victim));
            forget(victim);
            distributor.evaluate(interrupt);
        }
        return victim;
    }

    /**
     * With interrupts left over, a maintenance interrupt is wanted as soon as the guest has taken every pending one (NPIE) or has
     * emptied all list registers but one (UIE). When all are active and none is pending, NPIE would be asserted all the time.
     */
    private void setMaintenance(boolean leftOver) {
        int wanted = HCR_ENABLE;
        if (leftOver) {
            wanted |= HCR_UNDERFLOW;
            for (int n = 0; n < held.length; n++) {
                if ((read(n) & PENDING) != 0) {
                    wanted |= HCR_NO_PENDING;
                }
            }
        }
        PhysicalGic resident = gic;
        if (wanted != control && resident != null) {
            control = wanted;
            resident.virtualControl(wanted);
        }
    }
}
