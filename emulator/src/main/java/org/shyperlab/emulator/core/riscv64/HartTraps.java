package org.shyperlab.emulator.core.riscv64;

import org.shyperlab.emulator.core.CoreEnvironment;
import org.shyperlab.emulator.engine.Rv64Engine;
import org.shyperlab.emulator.firmware.Sbi;

/** What becomes of a hart's exceptions: the guest takes those that are delegated to it, the monitor or the firmware the others. */
final class HartTraps {
    private static final int CAUSE_ILLEGAL = Rv64Trap.CAUSE_ILLEGAL_INSTRUCTION;
    private static final int CAUSE_BREAKPOINT = 3;
    private static final int CAUSE_USER_CALL = 8;
    private static final int FIRST_ARGUMENT = 10;
    private static final int SBI_FUNCTION = 16;
    private static final int SBI_EXTENSION = 17;
    /** The lowest bits of ecall and WFI. */
    private static final int LONG_INSTRUCTION = 3;

    private static final int LONGEST_BLOCK = 8192;

    private final EmulatedRv64Core core;
    private final CoreEnvironment machine;
    private final Rv64Engine engine;
    private final HartCsrs csrs;
    private final GuestCode code;
    private final TwoStageWalker walker;

    private final Rv64Trap.Ecall ecall = new Rv64Trap.Ecall();
    private final Rv64Trap.GuestPageFault guestPageFault = new Rv64Trap.GuestPageFault();
    private final Rv64Trap.VirtualInstruction virtualInstruction = new Rv64Trap.VirtualInstruction();
    private final Rv64Trap.IllegalInstruction illegalInstruction = new Rv64Trap.IllegalInstruction();
    private final Rv64Trap.Wait wait = new Rv64Trap.Wait();
    private final Rv64Trap.Other other = new Rv64Trap.Other();

    /** The instruction that trapped last and its length, so that it need not be read again. */
    private long trappedAt = -1;

    private int trappedLength;

    HartTraps(
            EmulatedRv64Core core,
            CoreEnvironment machine,
            Rv64Engine engine,
            HartCsrs csrs,
            GuestCode code,
            TwoStageWalker walker) {
        this.core = core;
        this.machine = machine;
        this.engine = engine;
        this.csrs = csrs;
        this.code = code;
        this.walker = walker;
    }

    /** The length of the instruction at the program counter. */
    int lengthAtPc() {
        long at = engine.pc();
        return at == trappedAt ? trappedLength : length(code.instructionAt(at));
    }

    private static int length(int instruction) {
        return GuestCode.isLong(instruction) ? 4 : 2;
    }

    /** An instruction at the program counter traps; the lowest bits of it tell its length. */
    private void trapped(int instruction) {
        trappedAt = engine.pc();
        trappedLength = length(instruction);
    }

    /** Instructions that the running block has executed before the program counter. */
    private long executed() {
        long size = engine.pc() - engine.blockAddress();
        long whole = engine.running();
        return size < 0 || size > LONGEST_BLOCK
                ? whole
                : Math.min(whole, code.instructionsIn(engine.blockAddress(), (int) size));
    }

    void translationRefused(Access reported) {
        Access access = reported;
        long address = engine.refusedAddress();
        engine.account(access == Access.FETCH ? engine.running() : executed());
        if (access == Access.FETCH && address >>> 12 == (engine.pc() >>> 12) - 1) {
            // The library takes an illegal instruction for one of no length; at the start of a page, it wants the page
            // before it too.
            illegalInstruction();
            return;
        }
        int instruction = access == Access.FETCH ? 0 : code.instructionAt(engine.pc());
        trapped(instruction);
        if (access == Access.LOAD && TransformedInstruction.isAtomicStore(instruction)) {
            access = Access.STORE;
        }
        if (core.walk(walker, address, access)) {
            // Allowed by the tables: a fetch from a device.
            machine.errors()
                    .report(
                            core.index(),
                            "core",
                            "instruction fetch at 0x%x, where no memory answers",
                            walker.physical());
            fault(access.accessFault(), address);
        } else if (walker.cause() == access.guestPageFault()) {
            guestPageFault(access, address, instruction);
        } else {
            fault(walker.cause(), address);
        }
    }

    private void guestPageFault(Access access, long address, int instruction) {
        if (machine.monitor() == null) {
            throw new IllegalStateException("a second stage without a hypervisor");
        }
        int shown = walker.implicitInstruction() != 0
                ? walker.implicitInstruction()
                : TransformedInstruction.of(instruction);
        guestPageFault.set(access, address, walker.guestPhysical(), shown);
        csrs.recordTrap(guestPageFault.cause(), address, true, walker.guestPhysical(), shown);
        core.toMonitor(guestPageFault, walker.guestPhysical());
    }

    /** An exception of the instruction at the program counter whose stval is an address. */
    private void fault(int cause, long value) {
        if (csrs.isDelegated(cause)) {
            enter(cause, value);
            return;
        }
        if (machine.monitor() == null) {
            machine.guestFailed(
                    core.index(), "exception %d at 0x%x, which nothing handles".formatted(cause, engine.pc()));
            return;
        }
        other.set(cause, value);
        csrs.recordTrap(cause, value, true, 0, 0);
        core.toMonitor(other, value);
    }

    private void enter(int cause, long value) {
        engine.enterSupervisor(cause, value);
        core.charge(1); // a handler whose first instruction faults must not hold time still
    }

    void waited() {
        engine.pc(engine.pc() - 4);
        trapped(LONG_INSTRUCTION);
        boolean underMonitor = machine.monitor() != null;
        boolean user = engine.privilege() == 0;
        if (underMonitor && (user || (csrs.hstatus() & Status.HSTATUS_VTW) != 0)) {
            engine.account(executed());
            csrs.recordTrap(Rv64Trap.CAUSE_VIRTUAL_INSTRUCTION, Rv64Trap.Wait.INSTRUCTION, false, 0, 0);
            core.toMonitor(wait.set(), 0);
        } else if (user) {
            engine.account(executed());
            fault(CAUSE_ILLEGAL, Rv64Trap.Wait.INSTRUCTION);
        } else {
            engine.account(executed());
            core.skip();
            core.sleep();
        }
    }

    /** The engine reports an exception that the guest does not take by itself. */
    void exception() {
        int cause = engine.cause();
        // An ecall ends its block; nothing needs to be counted.
        engine.account(cause == CAUSE_USER_CALL ? Math.max(0, engine.running() - 1) : executed());
        trappedAt = -1;
        switch (cause) {
            case CAUSE_USER_CALL -> call();
            case CAUSE_ILLEGAL -> illegalInstruction();
            case CAUSE_BREAKPOINT -> fault(cause, engine.pc());
            default -> fault(cause, engine.badAddress());
        }
    }

    private void call() {
        trapped(LONG_INSTRUCTION);
        boolean underMonitor = machine.monitor() != null;
        if (engine.privilege() == 0) {
            fault(CAUSE_USER_CALL, 0);
        } else if (underMonitor) {
            csrs.recordTrap(Rv64Trap.CAUSE_VIRTUAL_SUPERVISOR_CALL, 0, false, 0, 0);
            core.toMonitor(ecall.set(), engine.x(SBI_EXTENSION));
        } else {
            nativeCall();
        }
    }

    private void nativeCall() {
        core.skip();
        long extension = engine.x(SBI_EXTENSION);
        long error = core.callFirmware(
                extension,
                engine.x(SBI_FUNCTION),
                engine.x(FIRST_ARGUMENT),
                engine.x(FIRST_ARGUMENT + 1),
                engine.x(FIRST_ARGUMENT + 2));
        engine.x(FIRST_ARGUMENT, error);
        if (!Sbi.isLegacy(extension)) {
            engine.x(FIRST_ARGUMENT + 1, core.firmwareValue());
        }
    }

    private void illegalInstruction() {
        int instruction = code.instructionAt(engine.pc());
        trapped(instruction);
        boolean underMonitor = machine.monitor() != null;
        if (!underMonitor || csrs.isDelegated(CAUSE_ILLEGAL) && !isVirtual(instruction)) {
            enter(CAUSE_ILLEGAL, instruction & 0xffff_ffffL);
        } else if (isVirtual(instruction)) {
            csrs.recordTrap(Rv64Trap.CAUSE_VIRTUAL_INSTRUCTION, instruction & 0xffff_ffffL, false, 0, 0);
            core.toMonitor(virtualInstruction.set(instruction), instruction & 0xffff_ffffL);
        } else {
            csrs.recordTrap(CAUSE_ILLEGAL, instruction & 0xffff_ffffL, false, 0, 0);
            core.toMonitor(illegalInstruction.set(instruction), instruction & 0xffff_ffffL);
        }
    }

    private boolean isVirtual(int instruction) {
        return VirtualInstructions.isVirtual(
                instruction, engine.privilege(), csrs.hcounteren(), csrs.hasInterruptFiles());
    }
}
