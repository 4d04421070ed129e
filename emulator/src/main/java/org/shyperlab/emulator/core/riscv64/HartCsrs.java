package org.shyperlab.emulator.core.riscv64;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.engine.Rv64Engine;
import org.shyperlab.emulator.engine.Rv64Word;

/**
 * The CSRs of a hart. The engine's supervisor CSRs are those of whoever runs: the guest's vs* CSRs under a monitor, the native system's
 * s* CSRs otherwise. What HS has besides is here.
 */
final class HartCsrs {
    private static final int FIRST_PRIORITY = 0x30;
    private static final int LAST_PRIORITY = 0x3f;
    private static final int IPRIO = 1;
    private static final int MODE_BARE = 0;
    private static final int MODE_SV39X4 = 8;
    private static final int MODE_SV48X4 = 9;
    /** Mode, 14 bits of VMID, and the root's page number, which is a multiple of four. */
    private static final long HGATP_WRITABLE = 0xf3ff_f000_0000_0000L | (1L << 44) - 4;

    private static final long ALL_COUNTERS = 7;

    private final EmulatedRv64Core core;
    private final Rv64Engine engine;
    private final HartTimers timers;
    private final HartPins pins;
    private @Nullable HartInterruptFiles files;

    private final long[] plain = new long[Csr.values().length];
    private long hstatus;
    private long hideleg;
    private long hedeleg;
    private long hvip;
    private long sie;
    private long hie;
    private long hgatp;
    private long henvcfg;
    private long hcounteren;
    private int top;

    HartCsrs(EmulatedRv64Core core, Rv64Engine engine, HartTimers timers, HartPins pins) {
        this.core = core;
        this.engine = engine;
        this.timers = timers;
        this.pins = pins;
    }

    /** Reset state: nothing delegated under a monitor, everything natively. */
    void reset(boolean underMonitor) {
        Arrays.fill(plain, 0);
        sie = 0;
        hie = 0;
        hvip = 0;
        timers.reset();
        engine.set(Rv64Word.MSTATUS, Status.UXL_64);
        for (Rv64Word word : new Rv64Word[] {
            Rv64Word.MIE,
            Rv64Word.SATP,
            Rv64Word.STVEC,
            Rv64Word.SSCRATCH,
            Rv64Word.SEPC,
            Rv64Word.SCAUSE,
            Rv64Word.STVAL
        }) {
            engine.set(word, 0);
        }
        // As SBI firmware leaves it: Linux does not set it and reads the time in user mode.
        set(Csr.SCOUNTEREN, ALL_COUNTERS);
        engine.pending((int) Status.SUPERVISOR_INTERRUPTS, 0);
        set(Csr.HSTATUS, 0);
        set(Csr.HGATP, 0);
        set(Csr.HENVCFG, 0);
        set(Csr.HEDELEG, underMonitor ? 0 : Status.DELEGABLE);
        set(Csr.HIDELEG, underMonitor ? 0 : Status.GUEST_INTERRUPTS);
        set(Csr.HCOUNTEREN, underMonitor ? 0 : ALL_COUNTERS);
    }

    /** The hart has these interrupt files (AIA). */
    void connect(HartInterruptFiles newFiles) {
        if (newFiles.guests() > HartPins.MAXIMUM_GUEST_FILES) {
            throw new IllegalArgumentException("a hart has at most %d guest interrupt files, not %d"
                    .formatted(HartPins.MAXIMUM_GUEST_FILES, newFiles.guests()));
        }
        files = newFiles;
    }

    /** Whether the hart has the CSRs of the AIA. */
    boolean hasInterruptFiles() {
        return files != null;
    }

    long hstatus() {
        return hstatus;
    }

    long hgatp() {
        return hgatp;
    }

    long hcounteren() {
        return hcounteren;
    }

    /** Whether the guest takes this exception itself. */
    boolean isDelegated(int cause) {
        return cause < 64 && (hedeleg >>> cause & 1) != 0;
    }

    /** The hart takes an exception to HS: scause, stval, htval, htinst and the guest's level. */
    void recordTrap(int cause, long value, boolean guestAddress, long guestPhysical, int instruction) {
        plain[Csr.SCAUSE.ordinal()] = cause;
        plain[Csr.STVAL.ordinal()] = value;
        plain[Csr.HTVAL.ordinal()] = guestPhysical >>> 2;
        plain[Csr.HTINST.ordinal()] = instruction;
        hstatus = hstatus & ~(Status.HSTATUS_GVA | Status.HSTATUS_SPVP)
                | Status.HSTATUS_SPV
                | (guestAddress ? Status.HSTATUS_GVA : 0)
                | (engine.privilege() != 0 ? Status.HSTATUS_SPVP : 0);
    }

    // ---- interrupts ----

    /** The guest's external interrupt: hvip.VSEIP, or the guest interrupt file that hstatus.VGEIN chooses. */
    boolean guestExternal() {
        long file = hstatus >>> Status.HSTATUS_VGEIN_SHIFT & 0x3f;
        return (hvip & Status.EXTERNAL << 1) != 0 || file != 0 && (pins.guestExternals() >>> file & 1) != 0;
    }

    /** The guest's timer interrupt: hvip.VSTIP, or vstimecmp when henvcfg lets the guest use it. */
    boolean guestTimer() {
        return (hvip & Status.TIMER << 1) != 0 || (henvcfg & Status.ENVIRONMENT_STCE) != 0 && timers.isGuestPending();
    }

    /** sip of HS. */
    private long supervisorPending() {
        return (pins.isHigh(HartPins.SUPERVISOR_SOFTWARE) ? Status.SOFTWARE : 0)
                | (timers.isPending() ? Status.TIMER : 0)
                | (pins.isHigh(HartPins.SUPERVISOR_EXTERNAL) ? Status.EXTERNAL : 0);
    }

    private long hypervisorPending() {
        boolean guestFile = (pins.guestExternals() & plain[Csr.HGEIE.ordinal()]) != 0;
        return (engine.get(Rv64Word.MIP) & Status.SUPERVISOR_INTERRUPTS) << 1 | (guestFile ? Status.GUEST_EXTERNAL : 0);
    }

    private long hypervisorEnabled() {
        return hie | (engine.get(Rv64Word.MIE) & Status.SUPERVISOR_INTERRUPTS) << 1;
    }

    /** The interrupts that HS takes: its own, and those of the guest that hideleg does not leave there. */
    long pendingForMonitor() {
        return supervisorPending() & sie | hypervisorPending() & hypervisorEnabled() & ~hideleg;
    }

    private static long topOf(long pending) {
        if (pending == 0) {
            return 0;
        }
        // Default priority order (AIA 5.4): external, software, timer; then those of guests.
        int[] order = {9, 1, 5, 12, 10, 2, 6};
        for (int identity : order) {
            if ((pending >>> identity & 1) != 0) {
                return (long) identity << 16 | IPRIO;
            }
        }
        return 0;
    }

    // ---- as HS sees them ----

    long get(Csr csr) {
        return switch (csr) {
            case FCSR -> engine.fcsr();
            case SSTATUS -> plain[csr.ordinal()] | Status.UXL_64 | (engine.privilege() != 0 ? Status.SPP : 0);
            case SIE -> sie;
            case SIP -> supervisorPending();
            case SEPC -> engine.pc();
            case SCOUNTEREN -> engine.get(Rv64Word.SCOUNTEREN) & 0xffff_ffffL;
            case STIMECMP -> timers.compare();
            case SIREG -> readSelected(supervisorFile(), plain[Csr.SISELECT.ordinal()]);
            case STOPEI -> claimable(supervisorFile());
            case STOPI -> topOf(pendingForMonitor());
            case VSSTATUS -> guestStatus();
            case VSIE -> engine.get(Rv64Word.MIE) & Status.SUPERVISOR_INTERRUPTS;
            case VSIP -> engine.get(Rv64Word.MIP) & Status.SUPERVISOR_INTERRUPTS;
            case VSTVEC -> engine.get(Rv64Word.STVEC);
            case VSSCRATCH -> engine.get(Rv64Word.SSCRATCH);
            case VSEPC -> engine.get(Rv64Word.SEPC);
            case VSCAUSE -> engine.get(Rv64Word.SCAUSE);
            case VSTVAL -> engine.get(Rv64Word.STVAL);
            case VSATP -> engine.get(Rv64Word.SATP);
            case VSTIMECMP -> timers.guestCompare();
            case VSIREG -> readSelected(guestFile(), plain[Csr.VSISELECT.ordinal()]);
            case VSTOPEI -> claimable(guestFile());
            case VSTOPI -> topOf(engine.get(Rv64Word.MIP) & engine.get(Rv64Word.MIE) & engine.get(Rv64Word.MIDELEG));
            case HSTATUS -> hstatus | Status.HSTATUS_VSXL_64;
            case HEDELEG -> hedeleg;
            case HIDELEG -> hideleg;
            case HIE -> hypervisorEnabled();
            case HIP -> hypervisorPending();
            case HVIP -> hvip & ~(Status.SOFTWARE << 1) | (engine.get(Rv64Word.MIP) & Status.SOFTWARE) << 1;
            case HTIMEDELTA -> timers.guestDelta();
            case HCOUNTEREN -> hcounteren;
            case HENVCFG -> henvcfg;
            case HGATP -> hgatp;
            case HGEIP -> pins.guestExternals();
            case CYCLE -> core.cycles();
            case TIME -> engine.physicalCount();
            case INSTRET -> core.instructions();
            default -> plain[csr.ordinal()];
        };
    }

    private long guestStatus() {
        long status = engine.get(Rv64Word.MSTATUS) & Status.SUPERVISOR_WRITABLE | Status.UXL_64;
        return (status & Status.FS) == Status.FS ? status | Status.SD : status;
    }

    void set(Csr csr, long value) {
        switch (csr) {
            case FCSR -> engine.fcsr(value);
            case SSTATUS -> {
                plain[csr.ordinal()] = value & (Status.SUPERVISOR_WRITABLE & ~Status.SPP);
                engine.privilege((value & Status.SPP) != 0 ? 1 : 0);
                core.readExecutable((value & Status.MXR) != 0);
            }
            case SIE -> sie = value & Status.SUPERVISOR_INTERRUPTS;
            case SIP -> writeSoftware(value);
            case SEPC -> engine.pc(value & -2);
            case SCOUNTEREN -> engine.set(Rv64Word.SCOUNTEREN, value & ALL_COUNTERS);
            case STIMECMP -> timers.compare(value);
            case SIREG -> writeSelected(supervisorFile(), plain[Csr.SISELECT.ordinal()], value);
            case STOPEI -> claim(supervisorFile());
            case VSSTATUS -> guestStatus(value);
            case VSIE -> engine.set(Rv64Word.MIE, value & Status.SUPERVISOR_INTERRUPTS);
            case VSIP -> engine.pending((int) Status.SOFTWARE, (int) (value & Status.SOFTWARE));
            case VSTVEC -> engine.set(Rv64Word.STVEC, value & ~2L);
            case VSSCRATCH -> engine.set(Rv64Word.SSCRATCH, value);
            case VSEPC -> engine.set(Rv64Word.SEPC, value & -2);
            case VSCAUSE -> engine.set(Rv64Word.SCAUSE, value);
            case VSTVAL -> engine.set(Rv64Word.STVAL, value);
            case VSATP -> {
                engine.set(Rv64Word.SATP, value);
                core.flushTranslations();
            }
            case VSTIMECMP -> timers.guestCompare(value);
            case VSIREG -> writeSelected(guestFile(), plain[Csr.VSISELECT.ordinal()], value);
            case VSTOPEI -> claim(guestFile());
            case HSTATUS -> {
                hstatus = value & Status.HSTATUS_WRITABLE;
                long traps = ((hstatus & Status.HSTATUS_VTVM) != 0 ? Rv64Engine.TRAP_VIRTUAL_MEMORY : 0)
                        | ((hstatus & Status.HSTATUS_VTSR) != 0 ? Rv64Engine.TRAP_SRET : 0);
                long both = Rv64Engine.TRAP_VIRTUAL_MEMORY | Rv64Engine.TRAP_SRET;
                engine.set(Rv64Word.MSTATUS, engine.get(Rv64Word.MSTATUS) & ~both | traps);
            }
            case HEDELEG -> {
                hedeleg = value & Status.DELEGABLE;
                engine.set(Rv64Word.MEDELEG, hedeleg);
                engine.nativeCalls(isDelegated(8));
            }
            case HIDELEG -> {
                hideleg = value & Status.GUEST_INTERRUPTS;
                engine.set(Rv64Word.MIDELEG, hideleg >> 1);
            }
            case HIE -> {
                hie = value & Status.GUEST_EXTERNAL;
                engine.set(Rv64Word.MIE, (value & Status.GUEST_INTERRUPTS) >> 1);
            }
            case HIP -> engine.pending((int) Status.SOFTWARE, (int) (value >> 1 & Status.SOFTWARE));
            case HVIP -> {
                hvip = value & Status.GUEST_INTERRUPTS;
                engine.pending((int) Status.SOFTWARE, (int) (value >> 1 & Status.SOFTWARE));
            }
            case HTIMEDELTA -> timers.guestDelta(value);
            case HCOUNTEREN -> {
                hcounteren = value & ALL_COUNTERS;
                engine.counters((int) hcounteren);
            }
            case HENVCFG -> henvcfg = value & Status.ENVIRONMENT_STCE;
            case HGATP -> {
                int mode = (int) (value >>> 60);
                if (mode == MODE_BARE || mode == MODE_SV39X4 || mode == MODE_SV48X4) {
                    hgatp = value & HGATP_WRITABLE;
                    core.secondStage(hgatp);
                }
            }
            case HGEIE -> plain[csr.ordinal()] = value & -2;
            case HGEIP, CYCLE, TIME, INSTRET, STOPI, VSTOPI ->
                throw new IllegalArgumentException(csr + " cannot be written");
            default -> plain[csr.ordinal()] = value;
        }
        core.pendingChanged();
    }

    private void writeSoftware(long value) {
        if ((value & Status.SOFTWARE) != 0) {
            pins.raiseSupervisorSoftware();
        } else {
            pins.clearSoftware();
        }
    }

    private void guestStatus(long value) {
        long old = engine.get(Rv64Word.MSTATUS);
        engine.set(Rv64Word.MSTATUS, old & ~Status.SUPERVISOR_WRITABLE | value & Status.SUPERVISOR_WRITABLE);
        if (((old ^ value) & (Status.SUM | Status.MXR)) != 0) {
            engine.flushTranslations();
        }
    }

    // ---- interrupt files ----

    private @Nullable InterruptFile supervisorFile() {
        return files == null ? null : files.supervisor();
    }

    private @Nullable InterruptFile guestFile() {
        int number = (int) (hstatus >>> Status.HSTATUS_VGEIN_SHIFT) & 0x3f;
        return files == null || number == 0 || number > files.guests() ? null : files.guest(number);
    }

    private static boolean isSelectable(@Nullable InterruptFile file, long select) {
        if (select >= FIRST_PRIORITY && select <= LAST_PRIORITY) {
            return (select & 1) == 0;
        }
        boolean array = select >= InterruptFile.EIP0;
        return file != null
                && select >= InterruptFile.FIRST
                && select <= InterruptFile.LAST
                && !(array && (select & 1) != 0);
    }

    private static long readSelected(@Nullable InterruptFile file, long select) {
        return file == null || select < InterruptFile.FIRST || !isSelectable(file, select)
                ? 0
                : file.read((int) select);
    }

    private static void writeSelected(@Nullable InterruptFile file, long select, long value) {
        if (file != null && select >= InterruptFile.FIRST && isSelectable(file, select)) {
            file.write((int) select, value);
        }
    }

    private long claimable(@Nullable InterruptFile file) {
        top = file == null ? 0 : file.top();
        return top;
    }

    private void claim(@Nullable InterruptFile file) {
        if (file != null) {
            file.claim(top);
        }
    }

    // ---- as the guest's own instructions reach them ----

    /** The CSRs that {@link #guestRead} and {@link #guestWrite} are for, beside cycle and instret. */
    static final int[] INTERCEPTED = {
        Csr.SENVCFG.number(),
        Csr.STIMECMP.number(),
        Csr.SISELECT.number(),
        Csr.SIREG.number(),
        Csr.STOPEI.number(),
        Csr.STOPI.number()
    };

    /** The guest reads CSR {@code number}; {@link Rv64Engine#refuseCsr} when it may not. */
    long guestRead(int number, boolean virtual) {
        Csr csr = Csr.of(number);
        if (csr == null || !isAllowed(csr, virtual)) {
            engine.refuseCsr();
            return 0;
        }
        // stopi is about what the engine runs, whoever that is.
        return get(virtual || csr == Csr.STOPI ? virtualTwin(csr) : csr);
    }

    /** The guest writes CSR {@code number}; {@link #guestRead} came before. */
    void guestWrite(int number, long value, boolean virtual) {
        Csr csr = Csr.of(number);
        if (csr == null || !isAllowed(csr, virtual)) {
            engine.refuseCsr();
        } else if (csr == Csr.SENVCFG) {
            plain[csr.ordinal()] = 0; // no field of it exists here
        } else if (csr == Csr.STOPI) {
            return; // AIA 5.4.3: writes are ignored
        } else {
            set(virtual ? virtualTwin(csr) : csr, value);
        }
    }

    private boolean isAllowed(Csr csr, boolean virtual) {
        return switch (csr) {
            case STIMECMP -> !virtual || (henvcfg & Status.ENVIRONMENT_STCE) != 0;
            case SISELECT, STOPI -> files != null;
            case STOPEI -> (virtual ? guestFile() : supervisorFile()) != null;
            case SIREG ->
                files != null
                        && isSelectable(
                                virtual ? guestFile() : supervisorFile(),
                                plain[(virtual ? Csr.VSISELECT : Csr.SISELECT).ordinal()]);
            default -> true;
        };
    }

    private static Csr virtualTwin(Csr csr) {
        return switch (csr) {
            case STIMECMP -> Csr.VSTIMECMP;
            case SISELECT -> Csr.VSISELECT;
            case SIREG -> Csr.VSIREG;
            case STOPEI -> Csr.VSTOPEI;
            case STOPI -> Csr.VSTOPI;
            default -> csr;
        };
    }
}
