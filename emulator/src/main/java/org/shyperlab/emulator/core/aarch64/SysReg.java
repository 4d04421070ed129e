package org.shyperlab.emulator.core.aarch64;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** System registers that software at EL2 may read and write in a core, by their architectural encodings (Arm ARM D23). */
public enum SysReg {
    MIDR_EL1(3, 0, 0, 0, 0),
    MPIDR_EL1(3, 0, 0, 0, 5),
    SCTLR_EL1(3, 0, 1, 0, 0),
    ACTLR_EL1(3, 0, 1, 0, 1),
    CPACR_EL1(3, 0, 1, 0, 2),
    TTBR0_EL1(3, 0, 2, 0, 0),
    TTBR1_EL1(3, 0, 2, 0, 1),
    TCR_EL1(3, 0, 2, 0, 2),
    SPSR_EL1(3, 0, 4, 0, 0),
    ELR_EL1(3, 0, 4, 0, 1),
    SP_EL0(3, 0, 4, 1, 0),
    SP_EL1(3, 4, 4, 1, 0),
    AFSR0_EL1(3, 0, 5, 1, 0),
    AFSR1_EL1(3, 0, 5, 1, 1),
    ESR_EL1(3, 0, 5, 2, 0),
    FAR_EL1(3, 0, 6, 0, 0),
    PAR_EL1(3, 0, 7, 4, 0),
    MAIR_EL1(3, 0, 10, 2, 0),
    AMAIR_EL1(3, 0, 10, 3, 0),
    VBAR_EL1(3, 0, 12, 0, 0),
    CONTEXTIDR_EL1(3, 0, 13, 0, 1),
    TPIDR_EL1(3, 0, 13, 0, 4),
    TPIDR_EL0(3, 3, 13, 0, 2),
    TPIDRRO_EL0(3, 3, 13, 0, 3),
    CSSELR_EL1(3, 2, 0, 0, 0),
    MDSCR_EL1(2, 0, 0, 2, 2),
    CNTKCTL_EL1(3, 0, 14, 1, 0),
    CNTFRQ_EL0(3, 3, 14, 0, 0),
    CNTPCT_EL0(3, 3, 14, 0, 1),
    CNTVCT_EL0(3, 3, 14, 0, 2),
    CNTP_TVAL_EL0(3, 3, 14, 2, 0),
    CNTP_CTL_EL0(3, 3, 14, 2, 1),
    CNTP_CVAL_EL0(3, 3, 14, 2, 2),
    CNTV_TVAL_EL0(3, 3, 14, 3, 0),
    CNTV_CTL_EL0(3, 3, 14, 3, 1),
    CNTV_CVAL_EL0(3, 3, 14, 3, 2),
    CNTVOFF_EL2(3, 4, 14, 0, 3),
    CNTHCTL_EL2(3, 4, 14, 1, 0),
    CNTHP_TVAL_EL2(3, 4, 14, 2, 0),
    CNTHP_CTL_EL2(3, 4, 14, 2, 1),
    CNTHP_CVAL_EL2(3, 4, 14, 2, 2),
    VPIDR_EL2(3, 4, 0, 0, 0),
    VMPIDR_EL2(3, 4, 0, 0, 5),
    HCR_EL2(3, 4, 1, 1, 0),
    MDCR_EL2(3, 4, 1, 1, 1),
    CPTR_EL2(3, 4, 1, 1, 2),
    VTTBR_EL2(3, 4, 2, 1, 0),
    VTCR_EL2(3, 4, 2, 1, 2),
    ESR_EL2(3, 4, 5, 2, 0),
    FAR_EL2(3, 4, 6, 0, 0),
    HPFAR_EL2(3, 4, 6, 0, 4),
    SCR_EL3(3, 6, 1, 1, 0);

    private static final Map<Integer, SysReg> BY_ENCODING = new HashMap<>();

    static {
        for (SysReg register : values()) {
            BY_ENCODING.put(register.encoding, register);
        }
    }

    private final int encoding;

    SysReg(int op0, int op1, int crn, int crm, int op2) {
        encoding = encode(op0, op1, crn, crm, op2);
    }

    /** The encoding packed as op0:op1:CRn:CRm:op2, 2+3+4+4+3 bits: the same order as in MRS and MSR. */
    public static int encode(int op0, int op1, int crn, int crm, int op2) {
        return op0 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2;
    }

    /** This register's packed encoding. */
    public int encoding() {
        return encoding;
    }

    /** The register with that packed encoding, or null when it is not among those listed here. */
    public static @Nullable SysReg of(int encoding) {
        return BY_ENCODING.get(encoding);
    }

    /** How an assembler without the name writes the register: {@code S3_0_C1_C0_0}. */
    public static String genericName(int encoding) {
        return "S%d_%d_C%d_C%d_%d"
                .formatted(
                        encoding >> 14 & 3, encoding >> 11 & 7, encoding >> 7 & 15, encoding >> 3 & 15, encoding & 7);
    }
}
