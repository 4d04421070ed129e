package org.shyperlab.emulator.core.aarch64;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.AbstractCore;
import org.shyperlab.emulator.core.CoreEnvironment;
import org.shyperlab.emulator.core.InterruptInputs;
import org.shyperlab.emulator.core.Monitor;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.engine.A64Engine;
import org.shyperlab.emulator.engine.A64Registers;
import org.shyperlab.emulator.engine.Engine;
import org.shyperlab.emulator.firmware.Psci;
import org.shyperlab.emulator.time.CounterScale;

/**
 * A Cortex-A72 core: what happens around the guest code that the engine runs. Virtual time, sleeping, interrupt pins, generic timers
 * and the way up to EL2. Made by the machine; software at EL2 sees it as {@link A64Core}.
 *
 * <p>A physical interrupt goes to EL2 while HCR_EL2.IMO (FMO) is set and to the guest otherwise; to the engine the latter looks like a
 * virtual interrupt, which gives the same entry to EL1.
 */
public final class EmulatedA64Core extends AbstractCore implements A64Core {
    /** SCTLR_EL1 of a Cortex-A72 after reset: MMU and caches off. */
    private static final long SCTLR_RESET = 0x00c5_0838;

    private static final long MAIN_ID = 0x410f_d083;
    private static final long MULTIPROCESSOR_ID = 1L << 31;

    private final A64Engine engine;
    private final A64Registers registers;
    private final Psci firmware;
    private final InstructionFetch fetch;
    private final GenericTimers timers;
    private final InterruptPins pins;
    private final CounterScale scale;
    private final long[] context = new long[2];
    private final A64Instructions instructions;

    private final A64Trap.Hvc hvc = new A64Trap.Hvc();
    private final A64Trap.Smc smc = new A64Trap.Smc();
    private final A64Trap.Wait wait = new A64Trap.Wait();
    private final A64Trap.SystemRegisterAccess registerAccess = new A64Trap.SystemRegisterAccess();
    private final A64Trap.DataAbort dataAbort = new A64Trap.DataAbort();
    private final A64Trap.InstructionAbort instructionAbort = new A64Trap.InstructionAbort();
    private final A64Trap.Other other = new A64Trap.Other();

    /** A powered-down core. */
    public EmulatedA64Core(int index, CoreEnvironment machine, CounterScale scale, Engine.Hooks hooks) {
        super(index, machine, scale.coreHertz());
        this.scale = scale;
        engine = new A64Engine(this, scale.factor(), hooks);
        registers = engine.registers();
        firmware = new Psci(machine.power());
        fetch = new InstructionFetch(engine, machine.bus());
        timers = new GenericTimers(engine, scale);
        pins = new InterruptPins(engine, this::arrival, this::leaveEngineSoon);
        instructions = new A64Instructions(machine, engine);
        registers.pstate(A64Context.RESET_PSTATE);
        registers.set(SysReg.SCR_EL3, 0x501); // NS, HCE, RW: EL2 exists, is non-secure and has HVC
        registers.set(SysReg.CNTHCTL_EL2, 3); // EL1 may use the physical counter and timer
        registers.set(SysReg.VPIDR_EL2, MAIN_ID);
        registers.set(SysReg.VMPIDR_EL2, MULTIPROCESSOR_ID | index);
        registers.set(SysReg.CNTFRQ_EL0, scale.counterHertz());
        engine.counterFloor(machine.counterFloor(-1));
        timers.intercept();
    }

    // ---- for the machine ----

    @Override
    public void flushTranslations() {
        engine.flushTranslations();
        fetch.forget();
    }

    @Override
    public void flushTranslation(long virtualAddress) {
        engine.flushTranslation(virtualAddress);
        fetch.forget();
    }

    /** Connects the timers' interrupt lines. */
    public void wireTimers(InterruptLine physical, InterruptLine virtual, InterruptLine hypervisor) {
        timers.wire(physical, virtual, hypervisor);
    }

    @Override
    protected Engine engine() {
        return engine;
    }

    /** The interrupt pins, for the board's interrupt controller to drive. */
    public InterruptInputs pins() {
        return pins;
    }

    @Override
    protected void interceptMaintenance(boolean broadcast) {
        instructions.intercept(broadcast);
    }

    @Override
    protected void startGuest(long entry, long argument) {
        registers.pc(entry);
        registers.x(0, argument);
    }

    @Override
    protected void meetEvents() {
        timers.update();
        pins.admit(engine.now());
    }

    @Override
    protected long nextEvent() {
        return Math.min(timers.deadline(), pins.nextArrival());
    }

    @Override
    protected boolean isInterruptAsserted() {
        return pins.isAsserted();
    }

    @Override
    protected boolean isInterruptForMonitor() {
        return pins.isForEl2();
    }

    @Override
    protected boolean isWoken() {
        return pins.isPending();
    }

    @Override
    protected void enterMonitor() {
        registers.gatherAArch32();
    }

    @Override
    protected void leaveMonitor() {
        registers.scatterAArch32();
    }

    @Override
    protected boolean canTakeInterrupt() {
        return pins.canBeTaken();
    }

    @Override
    protected void reset() {
        for (int n = 0; n <= 30; n++) {
            registers.x(n, 0);
        }
        registers.pstate(A64Context.RESET_PSTATE);
        registers.set(SysReg.SCTLR_EL1, SCTLR_RESET);
        timers.reset();
        set(SysReg.HCR_EL2, HypervisorConfiguration.RW);
        engine.flushTranslations();
    }

    @Override
    public void stage2Changed() {
        engine.flushTranslations();
        fetch.forget();
        instructions.stage2Changed();
    }

    /** The guest jumped to where no memory answers: synchronous external abort (Arm ARM D17.3, IFSC 0x10), taken to EL1. */
    @Override
    protected void engineReturned(int error) {
        if (error == 0) {
            return;
        }
        long pc = registers.pc();
        machine.errors().report(index(), "core", "instruction fetch at 0x%x, where no memory answers", pc);
        int exceptionClass = (registers.pstate() >> 2 & 3) == 0 ? 0x20 : 0x21;
        engine.enterEl1(exceptionClass << 26 | 1 << 25 | 0x10, pc);
        charge(1); // a vector that is itself out of memory must not hold time still
    }

    // ---- exceptions to EL2 ----

    @Override
    public void exception() {
        if (engine.targetLevel() == 1) {
            fetchAborted();
            return;
        }
        int syndrome = engine.syndrome();
        Monitor monitor = machine.monitor();
        switch (syndrome >>> 26) {
            case 0x01 -> waitInstruction(monitor, syndrome);
            case 0x16 -> {
                if (monitor != null) {
                    trap(monitor, hvc.set(syndrome), registers.x(7));
                } else {
                    // A board whose guest starts at EL1 offers PSCI on both conduits.
                    registers.x(
                            0, firmware.call(index(), registers.x(0), registers.x(1), registers.x(2), registers.x(3)));
                }
            }
            case 0x17 -> {
                if (monitor != null && pins.has(HypervisorConfiguration.TSC)) {
                    trap(monitor, smc.set(syndrome), registers.x(0));
                } else {
                    registers.x(
                            0, firmware.call(index(), registers.x(0), registers.x(1), registers.x(2), registers.x(3)));
                    skip();
                }
            }
            default -> otherException(monitor, syndrome);
        }
        if (mustLeaveEngine()) {
            engine.stop();
        }
    }

    /**
     * The guest takes a fetch abort to EL1. A vector that cannot be fetched itself aborts for ever without a block being run, so the
     * abort takes a cycle and deadlines are met here.
     */
    private void fetchAborted() {
        engine.enterEl1();
        charge(1);
        meetDeadlines();
    }

    private void otherException(@Nullable Monitor monitor, int syndrome) {
        if (monitor == null) {
            machine.guestFailed(
                    index(),
                    "exception class 0x%x was routed to EL2 at 0x%x, and nothing runs there"
                            .formatted(syndrome >>> 26, registers.pc()));
            return;
        }
        long address = engine.faultAddress();
        switch (syndrome >>> 26) {
            case 0x18 -> {
                registerAccess.set(syndrome);
                trap(monitor, registerAccess, registerAccess.encoding());
            }
            case 0x20 ->
                trap(
                        monitor,
                        instructionAbort.set(syndrome, address, faultIpa(syndrome, address)),
                        instructionAbort.ipa());
            case 0x24 -> {
                dataAbort.set(dataAbortSyndrome(syndrome), address, faultIpa(syndrome, address));
                trap(monitor, dataAbort, dataAbort.ipa());
            }
            default -> trap(monitor, other.set(syndrome, address), 0);
        }
    }

    /**
     * The engine describes loads and stores with write-back as if they had none (ISV = 1); in the architecture the syndrome does not
     * describe them (D24.2.40: ISV = 0, and bits 23:14 are then zero), so that software decodes the instruction.
     */
    private int dataAbortSyndrome(int syndrome) {
        if ((syndrome & 1 << 24) == 0) {
            return syndrome;
        }
        // Load/store register, immediate post- or pre-indexed (C4.1.94): 29:27 = 111, 25:24 = 00, 21 = 0, 10 = 1.
        int instruction = fetch.at(registers.pc());
        return (instruction & 0x3b20_0400) == 0x3800_0400 ? syndrome & ~0x01ff_c000 : syndrome;
    }

    private void trap(Monitor monitor, A64Trap trap, long detail) {
        trap(monitor, trap, trap.syndrome(), detail);
    }

    private long faultIpa(int syndrome, long address) {
        long page = (engine.faultIpaPage() & 0xff_ffff_fff0L) << 8;
        boolean inStage1Walk = (syndrome & 1 << 7) != 0;
        return inStage1Walk ? page : page | address & 0xfff;
    }

    private void waitInstruction(@Nullable Monitor monitor, int syndrome) {
        if (monitor != null && pins.has(HypervisorConfiguration.TWI)) {
            trap(monitor, wait.set(syndrome), 0);
            return;
        }
        skip();
        waitForInterrupt();
    }

    // ---- devices and registers that live in Java ----

    @Override
    public long registerRead(int register) {
        return timers.read(register);
    }

    @Override
    public void registerWrite(int register, long value) {
        if (register < A64Instructions.FIRST) {
            timers.write(register, value);
            leaveEngineSoon();
        } else {
            instructions.execute(register, value, pins.has(HypervisorConfiguration.VM));
        }
    }

    // ---- A64Core ----

    @Override
    public long x(int n) {
        return n == 31 ? 0 : registers.x(n);
    }

    @Override
    public void x(int n, long value) {
        if (n != 31) {
            registers.x(n, value);
        }
    }

    @Override
    public long pc() {
        return registers.pc();
    }

    @Override
    public void pc(long address) {
        registers.pc(address);
    }

    @Override
    public void skip() {
        registers.pc(registers.pc() + 4);
        engine.advance(1);
    }

    @Override
    public long spsr() {
        return registers.pstate();
    }

    @Override
    public void spsr(long value) {
        registers.pstate(value);
    }

    @Override
    public long get(SysReg register) {
        return switch (register) {
            case SP_EL0 -> registers.stackPointer(0);
            case SP_EL1 -> registers.stackPointer(1);
            case MIDR_EL1 -> MAIN_ID;
            case MPIDR_EL1 -> MULTIPROCESSOR_ID | index();
            case HCR_EL2 -> pins.hcr();
            case CNTVOFF_EL2 -> timers.virtualOffset();
            case CNTFRQ_EL0 -> scale.counterHertz();
            case ESR_EL2 -> engine.syndrome() & 0xffff_ffffL;
            case FAR_EL2 -> engine.faultAddress();
            case HPFAR_EL2 -> engine.faultIpaPage();
            case CNTPCT_EL0 -> engine.physicalCount();
            case CNTVCT_EL0 -> engine.physicalCount() - timers.virtualOffset();
            case CNTP_TVAL_EL0,
                    CNTP_CTL_EL0,
                    CNTP_CVAL_EL0,
                    CNTV_TVAL_EL0,
                    CNTV_CTL_EL0,
                    CNTV_CVAL_EL0,
                    CNTHP_TVAL_EL2,
                    CNTHP_CTL_EL2,
                    CNTHP_CVAL_EL2 -> timers.read(register.ordinal());
            default -> registers.get(register);
        };
    }

    @Override
    public void set(SysReg register, long value) {
        switch (register) {
            case SP_EL0 -> registers.stackPointer(0, value);
            case SP_EL1 -> registers.stackPointer(1, value);
            case HCR_EL2 -> pins.hcr(value);
            case VTTBR_EL2 -> {
                registers.set(register, value);
                instructions.stage2Changed();
                engine.counterFloor(machine.counterFloor((int) (value >>> 48) & 0xff));
            }
            case CNTVOFF_EL2 -> timers.virtualOffset(value);
            case CNTP_TVAL_EL0,
                    CNTP_CTL_EL0,
                    CNTP_CVAL_EL0,
                    CNTV_TVAL_EL0,
                    CNTV_CTL_EL0,
                    CNTV_CVAL_EL0,
                    CNTHP_TVAL_EL2,
                    CNTHP_CTL_EL2,
                    CNTHP_CVAL_EL2 -> {
                timers.write(register.ordinal(), value);
                leaveEngineSoon();
            }
            case MIDR_EL1, MPIDR_EL1, CNTFRQ_EL0, CNTPCT_EL0, CNTVCT_EL0, ESR_EL2, FAR_EL2, HPFAR_EL2 ->
                throw new IllegalArgumentException(register + " cannot be written");
            default -> registers.set(register, value);
        }
    }

    @Override
    public void save(A64Context target) {
        for (int n = 0; n <= 30; n++) {
            target.x(n, registers.x(n));
        }
        target.pc(registers.pc());
        target.pstate(registers.pstate());
        for (int n = 0; n < 32; n++) {
            registers.readVector(n, context, 0);
            target.vector(n, 0, context[0]);
            target.vector(n, 1, context[1]);
        }
        long floatingPoint = registers.floatingPointState();
        target.fpcr((int) floatingPoint);
        target.fpsr((int) (floatingPoint >>> 32));
        for (SysReg register : A64Context.REGISTERS) {
            target.set(register, get(register));
        }
    }

    @Override
    public void load(A64Context source) {
        registers.pstate(source.pstate());
        for (int n = 0; n <= 30; n++) {
            registers.x(n, source.x(n));
        }
        registers.pc(source.pc());
        for (int n = 0; n < 32; n++) {
            registers.writeVector(n, source.vector(n, 0), source.vector(n, 1));
        }
        registers.floatingPointState(source.fpcr(), source.fpsr());
        for (SysReg register : A64Context.REGISTERS) {
            set(register, source.get(register));
        }
        registers.clearExclusive();
        chargeWorldSwitch();
    }

    @Override
    public void takeExceptionToEl1(int syndrome, long faultAddress) {
        engine.enterEl1(syndrome, faultAddress);
        charge(1); // as exceptions cost that the core takes by itself: a vector that traps again must not hold time
        // still
    }

    @Override
    public void invalidateTranslations() {
        machine.stage2Changed();
    }

    @Override
    public long callFirmware(long function, long argument1, long argument2, long argument3) {
        return firmware.call(index(), function, argument1, argument2, argument3);
    }

    @Override
    public A64Context newContext() {
        A64Context fresh = new A64Context();
        fresh.set(SysReg.SCTLR_EL1, SCTLR_RESET);
        return fresh;
    }
}
