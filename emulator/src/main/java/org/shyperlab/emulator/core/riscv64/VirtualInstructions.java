package org.shyperlab.emulator.core.riscv64;

/**
 * Tells which instructions that a guest may not execute raise a virtual-instruction exception (22) instead of an illegal instruction
 * (2): those that HS could execute (Privileged ISA, hypervisor extension, "Trap Cause Codes").
 */
final class VirtualInstructions {
    private static final int SYSTEM = 0x73;
    private static final int FUNCT3_PRIVILEGED = 0;
    private static final int FUNCT3_HYPERVISOR_MEMORY = 4;
    private static final int SRET = 0x1020_0073;
    private static final int SFENCE_VMA = 0x09;
    private static final int SINVAL_FIRST = 0x0b;
    private static final int HFENCE_VVMA = 0x11;
    private static final int HFENCE_GVMA = 0x31;
    private static final int HLV_FIRST = 0x30;
    private static final int HSV_LAST = 0x37;
    private static final int COUNTERS_FIRST = 0xc00;
    private static final int COUNTERS_LAST = 0xc02;
    private static final int USER = 0;

    private VirtualInstructions() {}

    /**
     * Whether the exception is 22.
     *
     * @param instruction one that the guest's level has just refused
     * @param privilege 0 for VU, 1 for VS
     * @param counters hcounteren
     * @param interruptFiles whether the hart has the CSRs of the AIA
     */
    static boolean isVirtual(int instruction, int privilege, long counters, boolean interruptFiles) {
        if ((instruction & 0x7f) != SYSTEM) {
            return false;
        }
        int funct3 = instruction >> 12 & 7;
        int funct7 = instruction >>> 25;
        if (funct3 == FUNCT3_PRIVILEGED) {
            return instruction == Rv64Trap.Wait.INSTRUCTION
                    || instruction == SRET
                    || funct7 == SFENCE_VMA
                    || funct7 == SINVAL_FIRST
                    || funct7 == HFENCE_VVMA
                    || funct7 == HFENCE_GVMA;
        }
        if (funct3 == FUNCT3_HYPERVISOR_MEMORY) {
            return funct7 >= HLV_FIRST && funct7 <= HSV_LAST;
        }
        return isVirtualCsr(instruction, privilege, counters, interruptFiles);
    }

    private static boolean isVirtualCsr(int instruction, int privilege, long counters, boolean interruptFiles) {
        int number = instruction >>> 20;
        boolean writes = (instruction >> 12 & 3) == 1 || (instruction >> 15 & 31) != 0;
        boolean readOnly = number >>> 10 == 3;
        if (writes && readOnly) {
            return false;
        }
        if (number >= COUNTERS_FIRST && number <= COUNTERS_LAST) {
            return privilege == USER || (counters >>> number - COUNTERS_FIRST & 1) == 0;
        }
        Csr csr = Csr.of(number);
        if (csr == null || !interruptFiles && isOfInterruptFiles(csr)) {
            return false;
        }
        int level = number >> 8 & 3;
        // Hypervisor and vs* CSRs from VS or VU; supervisor CSRs from VU, and those of the AIA and Sstc that VS is
        // denied.
        return level == 2 || level == 1;
    }

    private static boolean isOfInterruptFiles(Csr csr) {
        return switch (csr) {
            case SISELECT, SIREG, STOPEI, STOPI, VSISELECT, VSIREG, VSTOPEI, VSTOPI -> true;
            default -> false;
        };
    }
}
