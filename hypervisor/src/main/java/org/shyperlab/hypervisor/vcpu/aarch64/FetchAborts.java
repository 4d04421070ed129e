package org.shyperlab.hypervisor.vcpu.aarch64;

import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.core.aarch64.A64Trap;
import org.shyperlab.emulator.core.aarch64.SysReg;
import org.shyperlab.hypervisor.memory.aarch64.GuestMemory;
import org.shyperlab.hypervisor.memory.aarch64.StageTwoTable;

/**
 * Instruction fetches from where the VM has nothing: the external abort that the bare board answers with, for guests that have
 * something to take it with.
 */
final class FetchAborts {
    /** IL = 1 and IFSC = 0b010000, synchronous external abort (Arm ARM D24.2.40, ISS of an instruction abort). */
    private static final int EXTERNAL_ABORT = 1 << 25 | 0x10;

    private static final int FROM_EL0 = 0x20 << 26;
    private static final int FROM_EL1 = 0x21 << 26;

    private FetchAborts() {}

    /** Gives the guest its abort; false when its page tables or its vector are not in its memory either, so that it cannot take one. */
    static boolean reflect(A64Core core, A64Vcpu vcpu, A64Trap.InstructionAbort abort) {
        if (abort.inStage1Walk()) {
            return false;
        }
        int mode = (int) core.spsr() & 0x1f;
        GuestMemory memory = vcpu.machine().memory();
        long vector = memory.translate(core, core.get(SysReg.VBAR_EL1) + vectorOffset(mode));
        if (vector == GuestMemory.FAULT || memory.physical(vector, 4) == StageTwoTable.UNMAPPED) {
            return false;
        }
        boolean fromEl1 = mode == 0b0100 || mode == 0b0101;
        core.takeExceptionToEl1((fromEl1 ? FROM_EL1 : FROM_EL0) | EXTERNAL_ABORT, abort.virtualAddress());
        return true;
    }

    /** Table D1-5: synchronous exceptions, by where they come from. */
    private static int vectorOffset(int mode) {
        return switch (mode) {
            case 0b0000 -> 0x400;
            case 0b0100 -> 0x000;
            case 0b0101 -> 0x200;
            default -> 0x600;
        };
    }
}
