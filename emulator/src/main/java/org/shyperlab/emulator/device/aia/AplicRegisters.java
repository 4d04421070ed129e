package org.shyperlab.emulator.device.aia;

import static org.shyperlab.emulator.device.Register.readOnly;
import static org.shyperlab.emulator.device.Register.readWrite;
import static org.shyperlab.emulator.device.Register.writeActs;

import org.shyperlab.emulator.device.RegisterMap;
import org.shyperlab.emulator.trace.GuestErrors;

/** The memory-mapped control region of one interrupt domain (AIA 4.5, table 4.1; 4.8.1 for the IDC structures). */
final class AplicRegisters {
    private static final int IDC = 0x4000;
    private static final int IDC_STRIDE = 32;
    private static final int INTERRUPT_ENABLE = 1 << 8;
    private static final int DELIVERY_MODE = 1 << 2;
    private static final int DOMAINCFG = 0x8000_0000;

    private final AplicDomain domain;
    private final Aplic.Parameters parameters;

    private AplicRegisters(AplicDomain domain, Aplic.Parameters parameters) {
        this.domain = domain;
        this.parameters = parameters;
    }

    static RegisterMap of(String device, AplicDomain domain, Aplic.Parameters parameters, GuestErrors errors) {
        return new AplicRegisters(domain, parameters).map(device, errors);
    }

    private RegisterMap map(String device, GuestErrors errors) {
        int words = domain.words();
        RegisterMap.Builder map = RegisterMap.of(device, Aplic.WINDOW, errors)
                .add(readWrite(0x0000, "domaincfg", (core, n) -> readDomain(), (core, n, value) -> writeDomain(value))
                        .field("BE", 0, 0)
                        .field("DM", 2, 2)
                        .field("IE", 8, 8)
                        .readOnlyField("0x80", 31, 24)
                        .resetsTo(DOMAINCFG))
                .add(readWrite(
                                0x0004,
                                "sourcecfg1_",
                                (core, n) -> domain.configuration(n + 1),
                                (core, n, value) -> domain.configureSource(n + 1, value))
                        .times(parameters.sources())
                        .field("SM", 2, 0)
                        .field("D", 10, 10))
                .add(writeActs(0x1c00, "setip", (core, n) -> domain.pending(n), this::setPending)
                        .times(words))
                .add(writeActs(0x1cdc, "setipnum", (core, n) -> 0, (core, n, value) -> domain.setPending(value)))
                .add(writeActs(0x1d00, "in_clrip", (core, n) -> domain.rectified(n), this::clearPending)
                        .times(words))
                .add(writeActs(0x1ddc, "clripnum", (core, n) -> 0, (core, n, value) -> domain.clearPending(value)))
                .add(writeActs(
                                0x1e00,
                                "setie",
                                (core, n) -> domain.enabled(n),
                                (core, n, value) -> enable(n, value, true))
                        .times(words))
                .add(writeActs(0x1edc, "setienum", (core, n) -> 0, (core, n, value) -> domain.enable(value, true)))
                .add(writeActs(0x1f00, "clrie", (core, n) -> 0, (core, n, value) -> enable(n, value, false))
                        .times(words))
                .add(writeActs(0x1fdc, "clrienum", (core, n) -> 0, (core, n, value) -> domain.enable(value, false)))
                .add(writeActs(0x2000, "setipnum_le", (core, n) -> 0, (core, n, value) -> domain.setPending(value)))
                .add(writeActs(
                        0x2004,
                        "setipnum_be",
                        (core, n) -> 0,
                        (core, n, value) -> domain.setPending(Integer.reverseBytes(value))))
                .add(readWrite(
                                0x3000,
                                "genmsi",
                                (core, n) -> domain.lastGenerated(),
                                (core, n, value) -> domain.generate(value))
                        .field("EIID", 10, 0)
                        .readOnlyField("Busy", 12, 12)
                        .field("Hart Index", 31, 18))
                .add(readWrite(
                                0x3004,
                                "target1_",
                                (core, n) -> domain.target(n + 1),
                                (core, n, value) -> domain.target(n + 1, value))
                        .times(parameters.sources()));
        if (domain.isMachineLevel()) {
            addAddresses(map);
        }
        for (int hart = 0; hart < domain.harts(); hart++) {
            addDelivery(map, IDC + hart * IDC_STRIDE, "idc" + hart, domain.delivery(hart));
        }
        return map.build();
    }

    private void addAddresses(RegisterMap.Builder map) {
        MsiAddresses addresses = domain.addresses();
        map.add(readWrite(
                        0x1bc0,
                        "mmsiaddrcfg",
                        (core, n) -> addresses.machineLow(),
                        (core, n, value) -> addresses.machineLow(value)))
                .add(readWrite(
                                0x1bc4,
                                "mmsiaddrcfgh",
                                (core, n) -> addresses.machineHigh(),
                                (core, n, value) -> addresses.machineHigh(value))
                        .field("High Base PPN", 11, 0)
                        .field("LHXW", 15, 12)
                        .field("HHXW", 18, 16)
                        .field("LHXS", 22, 20)
                        .field("HHXS", 28, 24)
                        .field("L", 31, 31))
                .add(readWrite(
                        0x1bc8,
                        "smsiaddrcfg",
                        (core, n) -> addresses.supervisorLow(),
                        (core, n, value) -> addresses.supervisorLow(value)))
                .add(readWrite(
                                0x1bcc,
                                "smsiaddrcfgh",
                                (core, n) -> addresses.supervisorHigh(),
                                (core, n, value) -> addresses.supervisorHigh(value))
                        .field("High Base PPN", 11, 0)
                        .field("LHXS", 22, 20));
    }

    private void addDelivery(RegisterMap.Builder map, int base, String owner, DirectDelivery delivery) {
        map.add(readWrite(
                                base,
                                owner + ".idelivery",
                                (core, n) -> delivery.delivers() ? 1 : 0,
                                (core, n, value) -> delivery.delivers(value != 0))
                        .field("idelivery", 0, 0))
                .add(readWrite(
                                base + 0x04,
                                owner + ".iforce",
                                (core, n) -> delivery.forced() ? 1 : 0,
                                (core, n, value) -> delivery.forced(value != 0))
                        .field("iforce", 0, 0))
                .add(readWrite(
                                base + 0x08,
                                owner + ".ithreshold",
                                (core, n) -> delivery.threshold(),
                                (core, n, value) -> delivery.threshold(value))
                        .field("ithreshold", parameters.priorityBits() - 1, 0))
                .add(readOnly(base + 0x18, owner + ".topi", (core, n) -> delivery.top()))
                .add(readOnly(base + 0x1c, owner + ".claimi", (core, n) -> delivery.claim()));
    }

    private int readDomain() {
        return DOMAINCFG | (domain.interruptEnable() ? INTERRUPT_ENABLE : 0) | (domain.messages() ? DELIVERY_MODE : 0);
    }

    /** Only little-endian byte order: BE stays zero, which 4.5.1 allows. */
    private void writeDomain(int value) {
        domain.configureDomain((value & INTERRUPT_ENABLE) != 0, (value & DELIVERY_MODE) != 0);
    }

    private void setPending(int core, int word, int value) {
        for (int bits = value; bits != 0; bits &= bits - 1) {
            domain.setPending(word * 32 + Integer.numberOfTrailingZeros(bits));
        }
    }

    private void clearPending(int core, int word, int value) {
        for (int bits = value; bits != 0; bits &= bits - 1) {
            domain.clearPending(word * 32 + Integer.numberOfTrailingZeros(bits));
        }
    }

    private void enable(int word, int value, boolean on) {
        for (int bits = value; bits != 0; bits &= bits - 1) {
            domain.enable(word * 32 + Integer.numberOfTrailingZeros(bits), on);
        }
    }
}
