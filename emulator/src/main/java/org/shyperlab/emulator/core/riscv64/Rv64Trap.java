package org.shyperlab.emulator.core.riscv64;

import org.shyperlab.emulator.core.Trap;
import org.shyperlab.emulator.core.TrapKind;

/**
 * An exception of the guest taken to HS, as scause, stval, htval and htinst show it (Privileged ISA, hypervisor extension). The program
 * counter is at the instruction, also for ecall. One mutable instance of each kind lives in every hart; {@code set} is for the hart
 * (and for tests) only.
 */
public abstract sealed class Rv64Trap implements Trap {
    /** scause of an ecall from VS. */
    public static final int CAUSE_VIRTUAL_SUPERVISOR_CALL = 10;
    /** scause of an illegal instruction. */
    public static final int CAUSE_ILLEGAL_INSTRUCTION = 2;
    /** scause of a virtual instruction. */
    public static final int CAUSE_VIRTUAL_INSTRUCTION = 22;

    private int cause;
    private long value;

    /** scause; never an interrupt. */
    public final int cause() {
        return cause;
    }

    /** stval: the faulting guest virtual address, the instruction's bits, or 0. */
    public final long value() {
        return value;
    }

    final void setCause(int newCause, long newValue) {
        cause = newCause;
        value = newValue;
    }

    /** ecall from VS: SBI. The call's numbers and arguments are in a7, a6 and a0 to a5. */
    public static final class Ecall extends Rv64Trap {
        @Override
        public TrapKind kind() {
            return TrapKind.ECALL;
        }

        /** Fills this instance. */
        public Ecall set() {
            setCause(CAUSE_VIRTUAL_SUPERVISOR_CALL, 0);
            return this;
        }
    }

    /** An access that the G stage refused. */
    public static final class GuestPageFault extends Rv64Trap {
        private Access access = Access.LOAD;
        private long guestPhysical;
        private int instruction;

        @Override
        public TrapKind kind() {
            return access == Access.FETCH ? TrapKind.GUEST_FETCH_FAULT : TrapKind.GUEST_PAGE_FAULT;
        }

        /** What the guest wanted: a load, a store or a fetch; of an access that the walk made, what the walk was for. */
        public Access access() {
            return access;
        }

        /** The guest physical address; htval is a quarter of it. */
        public long guestPhysical() {
            return guestPhysical;
        }

        /**
         * htinst: the load or store, transformed, with bit 1 clear when it was compressed; {@link TwoStageWalker#IMPLICIT_READ} or
         * {@link TwoStageWalker#IMPLICIT_WRITE} when the walk itself was refused; 0 for a fetch and for what has no transformation.
         */
        public int instruction() {
            return instruction;
        }

        /** Whether the G stage refused an access that the first stage's walk made, and not the guest's own. */
        public boolean isImplicit() {
            return instruction == TwoStageWalker.IMPLICIT_READ || instruction == TwoStageWalker.IMPLICIT_WRITE;
        }

        /** Fills this instance. */
        public GuestPageFault set(Access newAccess, long address, long newGuestPhysical, int newInstruction) {
            setCause(newAccess.guestPageFault(), address);
            access = newAccess;
            guestPhysical = newGuestPhysical;
            instruction = newInstruction;
            return this;
        }
    }

    /** An instruction that HS may execute and the guest may not (cause 22), other than WFI. */
    public static final class VirtualInstruction extends Rv64Trap {
        @Override
        public TrapKind kind() {
            return TrapKind.VIRTUAL_INSTRUCTION;
        }

        /** The instruction. */
        public int instruction() {
            return (int) value();
        }

        /** Fills this instance. */
        public VirtualInstruction set(int instruction) {
            setCause(CAUSE_VIRTUAL_INSTRUCTION, instruction & 0xffff_ffffL);
            return this;
        }
    }

    /** WFI with hstatus.VTW, or in VU (cause 22). */
    public static final class Wait extends Rv64Trap {
        /** WFI. */
        public static final int INSTRUCTION = 0x1050_0073;

        @Override
        public TrapKind kind() {
            return TrapKind.WAIT;
        }

        /** Fills this instance. */
        public Wait set() {
            setCause(CAUSE_VIRTUAL_INSTRUCTION, INSTRUCTION);
            return this;
        }
    }

    /** An illegal instruction that hedeleg does not leave to the guest. */
    public static final class IllegalInstruction extends Rv64Trap {
        @Override
        public TrapKind kind() {
            return TrapKind.ILLEGAL_INSTRUCTION;
        }

        /** The instruction; compressed ones have their upper half zero. */
        public int instruction() {
            return (int) value();
        }

        /** Fills this instance. */
        public IllegalInstruction set(int instruction) {
            setCause(CAUSE_ILLEGAL_INSTRUCTION, instruction & 0xffff_ffffL);
            return this;
        }
    }

    /** Any other exception that hedeleg does not leave to the guest. */
    public static final class Other extends Rv64Trap {
        @Override
        public TrapKind kind() {
            return TrapKind.OTHER;
        }

        /** Fills this instance. */
        public Other set(int cause, long value) {
            setCause(cause, value);
            return this;
        }
    }
}
