package org.shyperlab.emulator.core.riscv64;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Control and status registers that software at HS may read and write in a hart, by their numbers (Privileged ISA, "CSR Listing"; AIA,
 * "Control and Status Registers").
 */
public enum Csr {
    FCSR(0x003),
    SSTATUS(0x100),
    SIE(0x104),
    STVEC(0x105),
    SCOUNTEREN(0x106),
    SENVCFG(0x10a),
    SSCRATCH(0x140),
    SEPC(0x141),
    SCAUSE(0x142),
    STVAL(0x143),
    SIP(0x144),
    STIMECMP(0x14d),
    SISELECT(0x150),
    SIREG(0x151),
    STOPEI(0x15c),
    SATP(0x180),
    VSSTATUS(0x200),
    VSIE(0x204),
    VSTVEC(0x205),
    VSSCRATCH(0x240),
    VSEPC(0x241),
    VSCAUSE(0x242),
    VSTVAL(0x243),
    VSIP(0x244),
    VSTIMECMP(0x24d),
    VSISELECT(0x250),
    VSIREG(0x251),
    VSTOPEI(0x25c),
    VSATP(0x280),
    HSTATUS(0x600),
    HEDELEG(0x602),
    HIDELEG(0x603),
    HIE(0x604),
    HTIMEDELTA(0x605),
    HCOUNTEREN(0x606),
    HGEIE(0x607),
    HENVCFG(0x60a),
    HTVAL(0x643),
    HIP(0x644),
    HVIP(0x645),
    HTINST(0x64a),
    HGATP(0x680),
    CYCLE(0xc00),
    TIME(0xc01),
    INSTRET(0xc02),
    STOPI(0xdb0),
    HGEIP(0xe12),
    VSTOPI(0xeb0);

    private static final Map<Integer, Csr> BY_NUMBER = new HashMap<>();

    static {
        for (Csr csr : values()) {
            BY_NUMBER.put(csr.number, csr);
        }
    }

    private final int number;

    Csr(int number) {
        this.number = number;
    }

    /** The 12-bit number in instructions. */
    public int number() {
        return number;
    }

    /** The name in assembly. */
    public String assemblyName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The CSR with that number, or null when it is not among those listed here. */
    public static @Nullable Csr of(int number) {
        return BY_NUMBER.get(number);
    }
}
