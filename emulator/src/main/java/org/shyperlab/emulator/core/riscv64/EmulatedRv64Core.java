package org.shyperlab.emulator.core.riscv64;

import org.shyperlab.emulator.core.AbstractCore;
import org.shyperlab.emulator.core.CoreEnvironment;
import org.shyperlab.emulator.core.Monitor;
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
    private static final int CAUSE_ILLEGAL = Rv64Trap.CAUSE_ILLEGAL_INSTRUCTION;
    private static final int CAUSE_BREAKPOINT = 3;
    private static final int CAUSE_USER_CALL = 8;
    private static final int SUPERVISOR = 1;
    private static final int FIRST_ARGUMENT = 10;
    private static final int SBI_FUNCTION = 16;
    private static final int SBI_EXTENSION = 17;
    /** The lowest bits of ecall and WFI. */
    private static final int LONG_INSTRUCTION = 3;
    private static final int LONGEST_BLOCK = 8192;
    private static final int CSR_CYCLE = 0xc00;
    private static final int CSR_INSTRET = 0xc02;
    private static final Access[] ACCESSES = {Access.LOAD, Access.STORE, Access.FETCH};

    private final Rv64Engine engine;
    private final HartTimers timers;
    private final HartPins pins;
    private final HartCsrs csrs;
    private final TwoStageWalker walker;
    private final TwoStageWalker codeWalker;
    private final GuestCode code;
    private final CodePages codePages;
    private final Sbi firmware;
    private Access refused = Access.LOAD;
    /** The instruction that trapped last, and the length of it, so that {@link #skip} need not read it again. */
    private long trappedAt = -1;
    private int trappedLength;

    private final Rv64Trap.Ecall ecall = new Rv64Trap.Ecall();
    private final Rv64Trap.GuestPageFault guestPageFault = new Rv64Trap.GuestPageFault();
    private final Rv64Trap.VirtualInstruction virtualInstruction = new Rv64Trap.VirtualInstruction();
    private final Rv64Trap.IllegalInstruction illegalInstruction = new Rv64Trap.IllegalInstruction();
    private final Rv64Trap.Wait wait = new Rv64Trap.Wait();
    private final Rv64Trap.Other other = new Rv64Trap.Other();

    /**
     * A powered-down hart.
     *
     * @param physicalLimit physical addresses from here on do not exist
     */
    public EmulatedRv64Core(
            int index, CoreEnvironment machine, CounterScale scale, CodePages codePages, Sbi firmware, long physicalLimit,
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
        engine.flushTranslations();
    }

    @Override
    public void flushTranslations() {
        engine.flushTranslations();
    }

    @Override
    public void flushTranslation(long virtualAddress) {
        engine.flushTranslations();
    }

    @Override
    public void stage2Changed() {
        engine.flushTranslations();
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

    /** When an interrupt that is raised now reaches this hart; Long.MAX_VALUE for at once. */
    private long arrival() {
        long raised = machine.interruptRaised(index());
        return raised > engine.now() ? raised : Long.MAX_VALUE;
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
        if (!walk(walker, page, access)) {
            return 0;
        }
        return walker.physical() & -4096 | codePages.grant(walker.physical(), access, walker.permissions());
    }

    private boolean walk(TwoStageWalker with, long address, Access access) {
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
        engine.flushTranslations();
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
            translationRefused();
        } else if (error != 0) {
            machine.guestFailed(index(), "at 0x%x: %s".formatted(pc(), Engine.describe(error)));
        } else if (engine.takeHalt()) {
            waited();
        }
    }

    /** Instructions that the running block has executed before the program counter. */
    private long executed() {
        long size = engine.pc() - engine.blockAddress();
        long whole = engine.running();
        return size < 0 || size > LONGEST_BLOCK ? whole : Math.min(whole, code.instructionsIn(engine.blockAddress(), (int) size));
    }

    private void translationRefused() {
        Access access = refused;
        long address = engine.refusedAddress();
        engine.account(access == Access.FETCH ? engine.running() : executed());
        if (access == Access.FETCH && address >>> 12 == (engine.pc() >>> 12) - 1) {
            // The library takes an illegal instruction for one of no length; at the start of a page, it wants the page before it too.
            illegalInstruction();
            return;
        }
        int instruction = access == Access.FETCH ? 0 : code.instructionAt(engine.pc());
        trapped(instruction);
        if (access == Access.LOAD && TransformedInstruction.isAtomicStore(instruction)) {
            access = Access.STORE;
        }
        if (walk(walker, address, access)) {
            // Allowed by the tables: a fetch from a device.
            machine.errors().report(index(), "core", "instruction fetch at 0x%x, where no memory answers", walker.physical());
            fault(access.accessFault(), address);
        } else if (walker.cause() == access.guestPageFault()) {
            guestPageFault(access, address, instruction);
        } else {
            fault(walker.cause(), address);
        }
    }

    private void guestPageFault(Access access, long address, int instruction) {
        Monitor monitor = machine.monitor();
        if (monitor == null) {
            throw new IllegalStateException("a second stage without a hypervisor");
        }
        int shown = walker.implicitInstruction() != 0 ? walker.implicitInstruction() : TransformedInstruction.of(instruction);
        guestPageFault.set(access, address, walker.guestPhysical(), shown);
        csrs.recordTrap(guestPageFault.cause(), address, true, walker.guestPhysical(), shown);
        trap(monitor, guestPageFault, guestPageFault.cause(), walker.guestPhysical());
    }

    /** An exception of the instruction at the program counter whose stval is an address. */
    private void fault(int cause, long value) {
        if (csrs.isDelegated(cause)) {
            enter(cause, value);
            return;
        }
        Monitor monitor = machine.monitor();
        if (monitor == null) {
            machine.guestFailed(index(), "exception %d at 0x%x, which nothing handles".formatted(cause, pc()));
            return;
        }
        other.set(cause, value);
        csrs.recordTrap(cause, value, true, 0, 0);
        trap(monitor, other, cause, value);
    }

    private void enter(int cause, long value) {
        engine.enterSupervisor(cause, value);
        charge(1); // a handler whose first instruction faults must not hold time still
    }

    private void waited() {
        engine.pc(engine.pc() - 4);
        trapped(LONG_INSTRUCTION);
        Monitor monitor = machine.monitor();
        boolean user = engine.privilege() == 0;
        if (monitor != null && (user || (csrs.hstatus() & Status.HSTATUS_VTW) != 0)) {
            engine.account(executed());
            csrs.recordTrap(Rv64Trap.CAUSE_VIRTUAL_INSTRUCTION, Rv64Trap.Wait.INSTRUCTION, false, 0, 0);
            trap(monitor, wait.set(), Rv64Trap.CAUSE_VIRTUAL_INSTRUCTION, 0);
        } else if (user) {
            engine.account(executed());
            fault(CAUSE_ILLEGAL, Rv64Trap.Wait.INSTRUCTION);
        } else {
            engine.account(executed());
            skip();
            waitForInterrupt();
        }
    }

    @Override
    public void exception() {
        engine.account(executed());
        int cause = engine.cause();
        switch (cause) {
            case CAUSE_USER_CALL -> call();
            case CAUSE_ILLEGAL -> illegalInstruction();
            case CAUSE_BREAKPOINT -> fault(cause, engine.pc());
            default -> fault(cause, engine.badAddress());
        }
        if (mustLeaveEngine()) {
            engine.stop();
        }
    }

    private void call() {
        trapped(LONG_INSTRUCTION);
        Monitor monitor = machine.monitor();
        if (engine.privilege() == 0) {
            fault(CAUSE_USER_CALL, 0);
        } else if (monitor != null) {
            csrs.recordTrap(Rv64Trap.CAUSE_VIRTUAL_SUPERVISOR_CALL, 0, false, 0, 0);
            trap(monitor, ecall.set(), Rv64Trap.CAUSE_VIRTUAL_SUPERVISOR_CALL, engine.x(SBI_EXTENSION));
        } else {
            nativeCall();
        }
    }

    private void nativeCall() {
        skip();
        long extension = engine.x(SBI_EXTENSION);
        long error = callFirmware(
                extension, engine.x(SBI_FUNCTION), engine.x(FIRST_ARGUMENT), engine.x(FIRST_ARGUMENT + 1), engine.x(FIRST_ARGUMENT + 2));
        engine.x(FIRST_ARGUMENT, error);
        if (!Sbi.isLegacy(extension)) {
            engine.x(FIRST_ARGUMENT + 1, firmwareValue());
        }
    }

    private void illegalInstruction() {
        int instruction = code.instructionAt(engine.pc());
        trapped(instruction);
        Monitor monitor = machine.monitor();
        if (monitor == null || csrs.isDelegated(CAUSE_ILLEGAL) && !isVirtual(instruction)) {
            enter(CAUSE_ILLEGAL, instruction & 0xffff_ffffL);
        } else if (isVirtual(instruction)) {
            csrs.recordTrap(Rv64Trap.CAUSE_VIRTUAL_INSTRUCTION, instruction & 0xffff_ffffL, false, 0, 0);
            trap(monitor, virtualInstruction.set(instruction), Rv64Trap.CAUSE_VIRTUAL_INSTRUCTION, instruction & 0xffff_ffffL);
        } else {
            csrs.recordTrap(CAUSE_ILLEGAL, instruction & 0xffff_ffffL, false, 0, 0);
            trap(monitor, illegalInstruction.set(instruction), CAUSE_ILLEGAL, instruction & 0xffff_ffffL);
        }
    }

    private boolean isVirtual(int instruction) {
        return VirtualInstructions.isVirtual(instruction, engine.privilege(), csrs.hcounteren(), csrs.hasInterruptFiles());
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
        long at = engine.pc();
        engine.pc(at + (at == trappedAt ? trappedLength : length(code.instructionAt(at))));
        engine.advance(1);
    }

    private static int length(int instruction) {
        return GuestCode.isLong(instruction) ? 4 : 2;
    }

    /** An instruction at the program counter traps; the lowest bits of it tell its length. */
    private void trapped(int instruction) {
        trappedAt = engine.pc();
        trappedLength = length(instruction);
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
