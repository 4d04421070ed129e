package org.shyperlab.emulator.core.aarch64;

import org.shyperlab.emulator.core.Trap;
import org.shyperlab.emulator.core.TrapKind;

/**
 * An exception taken to EL2, decoded from ESR_EL2, FAR_EL2 and HPFAR_EL2 (Arm ARM D24.2.40). One mutable instance of each kind lives
 * in every core; {@code set} is for the core (and for tests) only.
 */
public abstract sealed class A64Trap implements Trap {
    private int syndrome;

    /** The whole of ESR_EL2. */
    public final int syndrome() {
        return syndrome;
    }

    /** ESR_EL2.EC, bits 31:26. */
    public final int exceptionClass() {
        return syndrome >>> 26;
    }

    final void setSyndrome(int value) {
        syndrome = value;
    }

    /** HVC at EL1 (EC 0x16). The program counter is after the instruction. */
    public static final class Hvc extends A64Trap {
        @Override
        public TrapKind kind() {
            return TrapKind.HVC;
        }

        /** The instruction's 16-bit immediate. */
        public int immediate() {
            return syndrome() & 0xffff;
        }

        /** Fills this instance. */
        public Hvc set(int syndrome) {
            setSyndrome(syndrome);
            return this;
        }
    }

    /** SMC at EL1 with HCR_EL2.TSC (EC 0x17). The program counter is at the instruction. */
    public static final class Smc extends A64Trap {
        @Override
        public TrapKind kind() {
            return TrapKind.SMC;
        }

        /** The instruction's 16-bit immediate. */
        public int immediate() {
            return syndrome() & 0xffff;
        }

        /** Fills this instance. */
        public Smc set(int syndrome) {
            setSyndrome(syndrome);
            return this;
        }
    }

    /** WFI or WFE with HCR_EL2.TWI or TWE (EC 0x01). The program counter is at the instruction. */
    public static final class Wait extends A64Trap {
        @Override
        public TrapKind kind() {
            return TrapKind.WAIT;
        }

        /** Whether it was WFE (or WFET) and not WFI. */
        public boolean forEvent() {
            return (syndrome() & 1) != 0;
        }

        /** Fills this instance. */
        public Wait set(int syndrome) {
            setSyndrome(syndrome);
            return this;
        }
    }

    /** MSR, MRS or system instruction that EL2 traps (EC 0x18). The program counter is at the instruction. */
    public static final class SystemRegisterAccess extends A64Trap {
        @Override
        public TrapKind kind() {
            return TrapKind.SYSTEM_REGISTER;
        }

        /** Whether it reads (MRS). */
        public boolean isRead() {
            return (syndrome() & 1) != 0;
        }

        /** The general register that is transferred; 31 is XZR. */
        public int register() {
            return syndrome() >>> 5 & 31;
        }

        /** The system register's encoding as {@link SysReg#encode} gives it. */
        public int encoding() {
            int iss = syndrome();
            return SysReg.encode(iss >>> 20 & 3, iss >>> 14 & 7, iss >>> 10 & 15, iss >>> 1 & 15, iss >>> 17 & 7);
        }

        /** Fills this instance. */
        public SystemRegisterAccess set(int syndrome) {
            setSyndrome(syndrome);
            return this;
        }
    }

    /** What data and instruction aborts share. */
    public abstract static sealed class Abort extends A64Trap {
        private long address;
        private long ipa;

        /** FAR_EL2: the guest's virtual address. */
        public final long virtualAddress() {
            return address;
        }

        /** Intermediate physical address: HPFAR_EL2's page and the page offset of FAR_EL2 (the page only, for stage-1 walks). */
        public final long ipa() {
            return ipa;
        }

        /** Fault status code (DFSC or IFSC): 0b0001LL translation, 0b0010LL access flag, 0b0011LL permission, at level LL. */
        public final int faultStatus() {
            return syndrome() & 0x3f;
        }

        /** Whether the fault came from stage 1's own table walk (S1PTW). */
        public final boolean inStage1Walk() {
            return (syndrome() & 1 << 7) != 0;
        }

        final void setAddresses(long virtualAddress, long ipaValue) {
            address = virtualAddress;
            ipa = ipaValue;
        }
    }

    /** Data abort from a lower level (EC 0x24). The program counter is at the instruction. */
    public static final class DataAbort extends Abort {
        @Override
        public TrapKind kind() {
            return TrapKind.DATA_ABORT;
        }

        /** Whether the access was a store (WnR). */
        public boolean isWrite() {
            return (syndrome() & 1 << 6) != 0;
        }

        /** Whether the syndrome describes the access (ISV): if not, the instruction must be decoded. */
        public boolean isDecoded() {
            return (syndrome() & 1 << 24) != 0;
        }

        /** Access size in bytes (SAS): 1, 2, 4 or 8. */
        public int size() {
            return 1 << (syndrome() >>> 22 & 3);
        }

        /** Whether a load is sign-extended (SSE). */
        public boolean isSigned() {
            return (syndrome() & 1 << 21) != 0;
        }

        /** The general register that is transferred (SRT); 31 is XZR. */
        public int register() {
            return syndrome() >>> 16 & 31;
        }

        /** Whether the register is 64 bits wide (SF). */
        public boolean isWide() {
            return (syndrome() & 1 << 15) != 0;
        }

        /** Fills this instance. */
        public DataAbort set(int syndrome, long virtualAddress, long ipa) {
            setSyndrome(syndrome);
            setAddresses(virtualAddress, ipa);
            return this;
        }
    }

    /** Instruction abort from a lower level (EC 0x20). The program counter is at the instruction. */
    public static final class InstructionAbort extends Abort {
        @Override
        public TrapKind kind() {
            return TrapKind.INSTRUCTION_ABORT;
        }

        /** Fills this instance. */
        public InstructionAbort set(int syndrome, long virtualAddress, long ipa) {
            setSyndrome(syndrome);
            setAddresses(virtualAddress, ipa);
            return this;
        }
    }

    /** Any other exception routed to EL2; {@link #exceptionClass} tells which. */
    public static final class Other extends A64Trap {
        private long address;

        @Override
        public TrapKind kind() {
            return TrapKind.OTHER;
        }

        /** FAR_EL2, where the class defines it. */
        public long virtualAddress() {
            return address;
        }

        /** Fills this instance. */
        public Other set(int syndrome, long virtualAddress) {
            setSyndrome(syndrome);
            address = virtualAddress;
            return this;
        }
    }
}
