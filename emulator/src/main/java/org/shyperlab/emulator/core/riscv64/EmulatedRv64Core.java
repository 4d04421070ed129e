package org.shyperlab.emulator.core.riscv64;

import java.util.Objects;
import org.shyperlab.emulator.core.AbstractCore;
import org.shyperlab.emulator.core.CoreEnvironment;
import org.shyperlab.emulator.engine.Engine;
import org.shyperlab.emulator.engine.Rv64Engine;
import org.shyperlab.emulator.engine.Rv64EngineClient;
import org.shyperlab.emulator.engine.Rv64Word;
import org.shyperlab.emulator.firmware.Sbi;
import org.shyperlab.emulator.time.CounterScale;

/**
 * An RV64 hart with the hypervisor extension: what happens around the guest code that the engine runs. The engine knows machine,
 * supervisor and user mode; while a guest runs, its supervisor mode is VS. Made by the machine; software at HS sees it as
 * {@link Rv64Core}.
 */
public final class EmulatedRv64Core extends AbstractCore implements Rv64Core, Rv64EngineClient {
    private static final int SUPERVISOR = 1;
    private static final int FIRST_ARGUMENT = 10;
    private static final int CSR_CYCLE = 0xc00;
    private static final int CSR_INSTRET = 0xc02;
    private static final Access[] ACCESSES = {Access.LOAD, Access.STORE, Access.FETCH};

    private final Rv64Engine engine;
    private final HartTimers timers;
    private final HartPins pins;
    private final HartCsrs csrs;
    private final HartTraps traps;
    private final TwoStageWalker walker;
    private final TwoStageWalker codeWalker;
    private final GuestCode code;
    private final CodePages codePages;
    private final Sbi firmware;
    private Access refused = Access.LOAD;

    /**
     * A powered-down hart.
     *
     * @param physicalLimit physical addresses from here on do not exist
     */
    public EmulatedRv64Core(
            int index,
            CoreEnvironment machine,
            CounterScale scale,
            CodePages codePages,
            Sbi firmware,
            long physicalLimit,
            Engine.Hooks hooks) {
        super(index, machine, scale.coreHertz());
        this.codePages = codePages;
        this.firmware = firmware;
        engine = new Rv64Engine(this, scale.factor(), hooks);
        timers = new HartTimers(engine, scale);
        pins = new HartPins(this::arrival, this::pendingChanged);
        walker = new TwoStageWalker(machine.bus(), physicalLimit);
        codeWalker = new TwoStageWalker(machine.bus(), physicalLimit);
        code = new GuestCode(machine.bus(), this::fetchAddress);
        csrs = new HartCsrs(this, engine, timers, pins);
        traps = new HartTraps(this, machine, engine, csrs, code, walker);
        for (int csr : HartCsrs.INTERCEPTED) {
            engine.intercept(csr, false);
        }
        engine.intercept(CSR_CYCLE, true);
        engine.intercept(CSR_INSTRET, true);
        engine.counterFloor(machine.counterFloor(-1));
    }

    // ---- for the machine ----

    /** The interrupt pins. */
    public HartInterruptInputs pins() {
        return pins;
    }

    /** Connects the hart's IMSIC. */
    public void connect(HartInterruptFiles files) {
        csrs.connect(files);
    }

    @Override
    protected void interceptMaintenance(boolean broadcast) {
        codePages.connect();
    }

    @Override
    public void dropCode(long address, long length) {
        if (codePages.holdCode(address, length)) {
            super.dropCode(address, length);
        }
    }

    @Override
    protected void startGuest(long entry, long argument) {
        engine.pc(entry);
        engine.x(FIRST_ARGUMENT, index());
        engine.x(FIRST_ARGUMENT + 1, argument);
    }

    @Override
    protected void reset() {
        for (int n = 1; n < 32; n++) {
            engine.x(n, 0);
            engine.f(n, 0);
        }
        engine.f(0, 0);
        engine.privilege(SUPERVISOR);
        csrs.reset(machine.monitor() != null);
        engine.clearReservation();
        flushTranslations();
    }

    @Override
    public void flushTranslations() {
        engine.flushTranslations();
        code.forget();
    }

    @Override
    public void flushTranslation(long virtualAddress) {
        flushTranslations();
    }

    @Override
    public void stage2Changed() {
        flushTranslations();
    }

    @Override
    protected Engine engine() {
        return engine;
    }

    // ---- firmware's hold on the hart ----

    /** Sets the supervisor timer, as SBI's set_timer does. */
    public void timer(long ticks) {
        set(Csr.STIMECMP, ticks);
    }

    // ---- interrupts ----

    @Override
    protected void meetEvents() {
        if (timers.update()) {
            showPending();
        }
        pins.admit(engine.now());
    }

    @Override
    protected long nextEvent() {
        return Math.min(timers.deadline(), pins.next());
    }

    /** A pin, a timer or an interrupt register has changed. */
    void pendingChanged() {
        timers.update();
        showPending();
        leaveEngineSoon();
    }

    /** Brings the engine's mip up to date. SSIP and VSSIP live there, since the guest itself may clear them. */
    private void showPending() {
        long now;
        if (machine.monitor() != null) {
            now = (csrs.guestTimer() ? Status.TIMER : 0) | (csrs.guestExternal() ? Status.EXTERNAL : 0);
        } else {
            now = (timers.isPending() ? Status.TIMER : 0)
                    | (pins.isHigh(HartPins.SUPERVISOR_EXTERNAL) ? Status.EXTERNAL : 0);
            if (pins.isHigh(HartPins.SUPERVISOR_SOFTWARE)) {
                pins.clearSoftware();
                engine.pending((int) Status.SOFTWARE, (int) Status.SOFTWARE);
            }
        }
        long lines = Status.TIMER | Status.EXTERNAL;
        if ((engine.get(Rv64Word.MIP) & lines) != now) {
            engine.pending((int) lines, (int) now);
        }
    }

    @Override
    protected boolean isInterruptForMonitor() {
        return machine.monitor() != null && csrs.pendingForMonitor() != 0;
    }

    @Override
    protected boolean isInterruptAsserted() {
        return isInterruptForMonitor();
    }

    @Override
    protected boolean isWoken() {
        return isInterruptForMonitor() || (engine.get(Rv64Word.MIP) & engine.get(Rv64Word.MIE)) != 0;
    }

    @Override
    protected boolean canTakeInterrupt() {
        boolean enabled = engine.privilege() == 0 || (engine.get(Rv64Word.MSTATUS) & Status.SIE) != 0;
        return enabled && (engine.get(Rv64Word.MIP) & engine.get(Rv64Word.MIE) & engine.get(Rv64Word.MIDELEG)) != 0;
    }

    // ---- address translation ----

    @Override
    public long translate(long page, int kind) {
        Access access = ACCESSES[kind];
        refused = access;
        if (access == Access.FETCH) {
            code.forget(page);
        }
        if (!walk(walker, page, access)) {
            return 0;
        }
        return walker.physical() & -4096 | codePages.grant(walker.physical(), access, walker.permissions());
    }

    boolean walk(TwoStageWalker with, long address, Access access) {
        return with.translate(
                address, access, engine.privilege(), engine.get(Rv64Word.SATP), engine.get(Rv64Word.MSTATUS));
    }

    private long fetchAddress(long address) {
        return walk(codeWalker, address, Access.FETCH) ? codeWalker.physical() : -1;
    }

    void secondStage(long hgatp) {
        walker.secondStage(hgatp);
        codeWalker.secondStage(hgatp);
        int vmid = machine.monitor() == null ? -1 : (int) (hgatp >>> 44) & 0xff;
        engine.counterFloor(machine.counterFloor(vmid));
        flushTranslations();
    }

    void readExecutable(boolean allowed) {
        walker.secondStageReadsExecutable(allowed);
        codeWalker.secondStageReadsExecutable(allowed);
        engine.flushTranslations();
    }

    @Override
    public int instructionsIn(long address, int size) {
        return code.instructionsIn(address, size);
    }

    // ---- what ends a run ----

    @Override
    protected void engineReturned(int error) {
        if (error == Rv64Engine.REFUSED) {
            traps.translationRefused(refused);
        } else if (error != 0) {
            machine.guestFailed(index(), "at 0x%x: %s".formatted(pc(), Engine.describe(error)));
        } else if (engine.takeHalt()) {
            traps.waited();
        }
    }

    @Override
    public void exception() {
        traps.exception();
        if (mustLeaveEngine()) {
            engine.stop();
        }
    }

    /** Takes the guest's trap to the monitor, which is there. */
    void toMonitor(Rv64Trap trap, long detail) {
        trap(Objects.requireNonNull(machine.monitor()), trap, trap.cause(), detail);
    }

    /** The guest executed WFI, which it may. */
    void sleep() {
        waitForInterrupt();
    }

    // ---- CSRs of the guest that live in Java ----

    @Override
    public long registerRead(int csr) {
        return csrs.guestRead(csr, machine.monitor() != null);
    }

    @Override
    public void registerWrite(int csr, long value) {
        csrs.guestWrite(csr, value, machine.monitor() != null);
    }

    // ---- Rv64Core ----

    @Override
    public long x(int n) {
        return engine.x(n);
    }

    @Override
    public void x(int n, long value) {
        if (n != 0) {
            engine.x(n, value);
        }
    }

    @Override
    public long pc() {
        return engine.pc();
    }

    @Override
    public void pc(long address) {
        engine.pc(address);
    }

    @Override
    public long get(Csr register) {
        return csrs.get(register);
    }

    @Override
    public void set(Csr register, long value) {
        csrs.set(register, value);
    }

    @Override
    public int privilege() {
        return engine.privilege();
    }

    @Override
    public void privilege(int level) {
        engine.privilege(level);
    }

    @Override
    public void skip() {
        engine.pc(engine.pc() + traps.lengthAtPc());
        engine.advance(1);
    }

    @Override
    public void save(Rv64Context target) {
        for (int n = 0; n < 32; n++) {
            target.x(n, engine.x(n));
            target.f(n, engine.f(n));
        }
        target.pc(engine.pc());
        target.privilege(engine.privilege());
        target.fcsr(engine.fcsr());
        for (Csr register : Rv64Context.REGISTERS) {
            target.set(register, csrs.get(register));
        }
    }

    @Override
    public void load(Rv64Context source) {
        for (int n = 0; n < 32; n++) {
            x(n, source.x(n));
            engine.f(n, source.f(n));
        }
        engine.pc(source.pc());
        engine.privilege(source.privilege());
        engine.fcsr(source.fcsr());
        for (Csr register : Rv64Context.REGISTERS) {
            csrs.set(register, source.get(register));
        }
        engine.clearReservation();
        chargeWorldSwitch();
    }

    @Override
    public void takeException(int cause, long value) {
        long delegated = engine.get(Rv64Word.MEDELEG);
        engine.set(Rv64Word.MEDELEG, delegated | 1L << cause);
        engine.enterSupervisor(cause, value);
        engine.set(Rv64Word.MEDELEG, delegated);
    }

    @Override
    public void invalidateTranslations() {
        machine.stage2Changed();
    }

    @Override
    public int loadVirtual(long address, int size, Access access, long[] target) {
        if (!walkVirtual(address, access)) {
            return walker.cause();
        }
        target[0] = readPhysical(walker.physical(), size);
        return 0;
    }

    @Override
    public int storeVirtual(long address, int size, long value) {
        if (!walkVirtual(address, Access.STORE)) {
            return walker.cause();
        }
        writePhysical(walker.physical(), size, value);
        return 0;
    }

    private boolean walkVirtual(long address, Access access) {
        int privilege = (csrs.hstatus() & Status.HSTATUS_SPVP) != 0 ? SUPERVISOR : 0;
        return walker.translate(address, access, privilege, engine.get(Rv64Word.SATP), engine.get(Rv64Word.MSTATUS));
    }

    @Override
    public TwoStageWalker walker() {
        return walker;
    }

    @Override
    public long callFirmware(long extension, long function, long argument0, long argument1, long argument2) {
        return firmware.call(index(), extension, function, argument0, argument1, argument2);
    }

    @Override
    public long firmwareValue() {
        return firmware.value();
    }

    @Override
    public Rv64Context newContext() {
        return new Rv64Context();
    }
}
