package org.shyperlab.emulator.debug.aarch64;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.emulator.debug.ArchitectureTerms;
import org.shyperlab.emulator.debug.InstructionSet;
import org.shyperlab.emulator.debug.PageWalk.Access;
import org.shyperlab.emulator.debug.PageWalk.Fault;

/** AArch64: EL2 and what is below it, in the words of the Arm ARM. */
public final class A64Terms implements ArchitectureTerms {
    /** The only instance: it has no state. */
    public static final A64Terms INSTANCE = new A64Terms();

    private static final int WRITE_NOT_READ = 1 << 6;

    private A64Terms() {}

    @Override
    public InstructionSet instructionSet() {
        return InstructionSet.A64;
    }

    @Override
    public String trap(TrapKind kind, int syndrome) {
        return Syndromes.atEl2(syndrome);
    }

    @Override
    public String trap(TrapKind kind, int syndrome, long detail) {
        return Syndromes.atEl2(syndrome);
    }

    @Override
    public String interrupt(long number) {
        return "INTID " + number;
    }

    @Override
    public @Nullable Access refusedAccess(int syndrome) {
        ExceptionClass exceptionClass = ExceptionClass.of(syndrome);
        if (exceptionClass == ExceptionClass.INSTRUCTION_ABORT_LOWER) {
            return Access.FETCH;
        }
        if (exceptionClass == ExceptionClass.DATA_ABORT_LOWER) {
            return (syndrome & WRITE_NOT_READ) != 0 ? Access.WRITE : Access.READ;
        }
        return null;
    }

    @Override
    public String place(boolean user) {
        return user ? "at EL0" : "at EL1";
    }

    @Override
    public String register(int number) {
        return "x" + number;
    }

    @Override
    public String intermediateAddress() {
        return "IPA";
    }

    @Override
    public String stage(int stage) {
        return "stage " + stage;
    }

    @Override
    public String fault(Fault fault) {
        return "stage-%d %s".formatted(fault.stage(), FaultStatus.inWords(fault.code()));
    }

    @Override
    public String faultRegisters(Fault fault) {
        return fault.stage() == 1
                ? "DFSC 0x%02x".formatted(fault.code())
                : "DFSC 0x%02x, IPA 0x%x, HPFAR_EL2 0x%x".formatted(fault.code(), fault.ipa(), hpfar(fault));
    }

    /** HPFAR_EL2 after a fault of stage 2: the page of the IPA (Arm ARM D24.2.59). */
    static long hpfar(Fault fault) {
        return fault.ipa() >>> 12 << 4;
    }

    @Override
    public String missingFence() {
        return "a TLBI";
    }
}
