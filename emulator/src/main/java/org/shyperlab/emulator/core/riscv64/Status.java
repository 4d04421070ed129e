package org.shyperlab.emulator.core.riscv64;

/** Bits of sstatus, vsstatus, hstatus and the interrupt registers (Privileged ISA). */
final class Status {
    static final long SIE = 1 << 1;
    static final long SPP = 1 << 8;
    static final long FS = 3 << 13;
    static final long SUM = 1 << 18;
    static final long MXR = 1 << 19;
    static final long UXL_64 = 2L << 32;
    static final long SD = 1L << 63;
    /** SIE, SPIE, SPP, FS, SUM and MXR: what software may write of sstatus and vsstatus. */
    static final long SUPERVISOR_WRITABLE = SIE | 1 << 5 | SPP | FS | SUM | MXR;

    static final long HSTATUS_GVA = 1 << 6;
    static final long HSTATUS_SPV = 1 << 7;
    static final long HSTATUS_SPVP = 1 << 8;
    static final int HSTATUS_VGEIN_SHIFT = 12;
    static final long HSTATUS_VTVM = 1 << 20;
    static final long HSTATUS_VTW = 1 << 21;
    static final long HSTATUS_VTSR = 1 << 22;
    static final long HSTATUS_VSXL_64 = 2L << 32;
    /** GVA, SPV, SPVP, HU, VGEIN, VTVM, VTW and VTSR. */
    static final long HSTATUS_WRITABLE = HSTATUS_GVA
            | HSTATUS_SPV
            | HSTATUS_SPVP
            | 1 << 9
            | 0x3fL << HSTATUS_VGEIN_SHIFT
            | HSTATUS_VTVM
            | HSTATUS_VTW
            | HSTATUS_VTSR;

    /** Supervisor software, timer and external interrupt, as in sip and sie. */
    static final long SUPERVISOR_INTERRUPTS = 1 << 1 | 1 << 5 | 1 << 9;
    /** The same three of VS, as in hip, hie, hvip and hideleg. */
    static final long GUEST_INTERRUPTS = SUPERVISOR_INTERRUPTS << 1;
    /** Supervisor guest external interrupt, as in hip and hie. */
    static final long GUEST_EXTERNAL = 1 << 12;

    static final long SOFTWARE = 1 << 1;
    static final long TIMER = 1 << 5;
    static final long EXTERNAL = 1 << 9;

    /** The exceptions that can be delegated to S and to VS: all but those of the hypervisor extension and ecall from S and VS. */
    static final long DELEGABLE = 0xb1ff;

    /** henvcfg.STCE: the guest may use stimecmp. */
    static final long ENVIRONMENT_STCE = 1L << 63;

    private Status() {}
}
