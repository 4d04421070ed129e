package org.shyperlab.emulator.debug.aarch64;

/** The control bits with which EL2 traps an access of EL1 to a system register or system instruction (Arm ARM D24.2, GICv3 12.4). */
enum TrapControl {
    TVM("HCR_EL2.TRVM=1", "HCR_EL2.TVM=1"),
    TID1("HCR_EL2.TID1=1"),
    TID2("HCR_EL2.TID2=1"),
    TID3("HCR_EL2.TID3=1"),
    TACR("HCR_EL2.TACR=1"),
    TCPAC("CPTR_EL2.TCPAC=1"),
    TLOR("HCR_EL2.TLOR=1"),
    TERR("HCR_EL2.TERR=1"),
    APK("HCR_EL2.APK=0"),
    NV("HCR_EL2.NV=1"),
    TSW("HCR_EL2.TSW=1"),
    TPC("HCR_EL2.TPCP=1"),
    TPU("HCR_EL2.TPU=1"),
    TDZ("HCR_EL2.TDZ=1"),
    AT("HCR_EL2.AT=1"),
    TTLB("HCR_EL2.TTLB=1"),
    CNTPCT("CNTHCTL_EL2.EL1PCTEN=0"),
    CNTP("CNTHCTL_EL2.EL1PCEN=0"),
    TDA("MDCR_EL2.TDA=1"),
    TDRA("MDCR_EL2.TDRA=1"),
    TDOSA("MDCR_EL2.TDOSA=1"),
    TPM("MDCR_EL2.TPM=1"),
    TPMCR("MDCR_EL2.TPMCR=1 or TPM=1"),
    TPMS("MDCR_EL2.TPMS=1"),
    E2PB("MDCR_EL2.E2PB=0b00 or 0b10"),
    TC("ICH_HCR_EL2.TC=1"),
    TDIR("ICH_HCR_EL2.TDIR=1 or TC=1"),
    SGI("HCR_EL2.IMO=1 or FMO=1, or ICH_HCR_EL2.TC=1"),
    TALL0("ICH_HCR_EL2.TALL0=1"),
    TALL1("ICH_HCR_EL2.TALL1=1"),
    SRE("ICC_SRE_EL2.Enable=0");

    private final String onRead;
    private final String onWrite;

    TrapControl(String both) {
        this(both, both);
    }

    TrapControl(String onRead, String onWrite) {
        this.onRead = onRead;
        this.onWrite = onWrite;
    }

    /** The field and the value that traps, for example {@code HCR_EL2.TVM=1}. */
    String condition(boolean isRead) {
        return isRead ? onRead : onWrite;
    }
}
