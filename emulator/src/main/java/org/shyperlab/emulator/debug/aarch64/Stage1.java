package org.shyperlab.emulator.debug.aarch64;

import org.shyperlab.emulator.debug.PageWalk.Access;
import org.shyperlab.emulator.debug.PageWalk.Fault;
import org.shyperlab.emulator.debug.PageWalk.Kind;
import org.shyperlab.emulator.debug.PageWalk.Mapped;
import org.shyperlab.emulator.debug.PageWalk.Outcome;
import org.shyperlab.emulator.debug.PageWalk.Step;
import org.shyperlab.emulator.debug.TableMemory;
import org.shyperlab.emulator.memory.PhysicalMemory;

/** Stage 1 of EL1 and EL0: from virtual addresses to intermediate physical ones, by TCR_EL1 and TTBRn_EL1 (Arm ARM D8.2, D8.3). */
final class Stage1 {
    private static final int LARGEST_ADDRESS_BITS = 48;
    private static final int SMALLEST_TSZ = 16;
    private static final int LARGEST_TSZ = 39;
    private static final long ACCESS_FLAG = 1 << 10;

    private final TableMemory tables;
    private final A64TranslationRegisters registers;
    private final Stage2 stage2;

    Stage1(TableMemory tables, A64TranslationRegisters registers, Stage2 stage2) {
        this.tables = tables;
        this.registers = registers;
        this.stage2 = stage2;
    }

    /** The IPA of {@code virtualAddress} (in a {@link Mapped} whose physical address is not yet known), or the fault. */
    Outcome translate(long virtualAddress, Access access, boolean atEl0) {
        return new Lookup(virtualAddress, access, atEl0).run();
    }

    /** Address bits by a TnSZ field. Values out of range may be taken as the nearest good one (D8.2.4), as Unicorn does. */
    static int inputBits(int sizeField) {
        return 64 - Math.clamp(sizeField, SMALLEST_TSZ, LARGEST_TSZ);
    }

    /** The shape of the tables of TTBR0_EL1 or TTBR1_EL1. */
    static TableFormat format(A64TranslationRegisters registers, boolean upper) {
        long tcr = registers.tcr();
        Granule granule = upper ? Granule.ofTg1((int) (tcr >>> 30 & 3)) : Granule.ofTg0((int) (tcr >>> 14 & 3));
        int inputBits = inputBits((int) ((upper ? tcr >>> 16 : tcr) & 63));
        int levels = Math.ceilDiv(inputBits - granule.pageBits(), granule.stride());
        int outputBits = TableFormat.addressBits((int) (tcr >>> 32 & 7));
        return new TableFormat(
                granule, inputBits, 4 - levels, upper ? registers.ttbr1() : registers.ttbr0(), outputBits);
    }

    /** One translation. */
    private final class Lookup {
        private final long virtualAddress;
        private final Access access;
        private final boolean atEl0;
        private final boolean upper;
        private final Stage1Permissions permissions = new Stage1Permissions(registers.writableIsNotExecutable());

        Lookup(long virtualAddress, Access access, boolean atEl0) {
            this.virtualAddress = virtualAddress;
            this.access = access;
            this.atEl0 = atEl0;
            this.upper = (virtualAddress & 1L << 55) != 0;
        }

        Outcome run() {
            return registers.isStage1On() ? walk() : flat();
        }

        /** The address without the tag in its top byte, which TCR_EL1.TBIn tells to ignore. */
        private long untagged() {
            boolean topByteIgnored = (registers.tcr() & (upper ? 1L << 38 : 1L << 37)) != 0;
            // The sign extension of bit 55 makes an ignored byte a legal one.
            return topByteIgnored ? virtualAddress << 8 >> 8 : virtualAddress;
        }

        private Outcome flat() {
            long address = untagged();
            if (address >>> LARGEST_ADDRESS_BITS != 0) {
                return fault(
                        FaultType.ADDRESS_SIZE,
                        0,
                        "stage 1 is off and the address has more than %d bits".formatted(LARGEST_ADDRESS_BITS));
            }
            return ipa(address);
        }

        private Outcome walk() {
            TableFormat format = format(registers, upper);
            String n = upper ? "1" : "0";
            long expected = upper ? -1L >>> format.inputBits() : 0;
            if (untagged() >>> format.inputBits() != expected) {
                return fault(
                        FaultType.TRANSLATION,
                        0,
                        "the address is outside the %d bits of TCR_EL1.T%sSZ".formatted(format.inputBits(), n));
            }
            if ((registers.tcr() & (upper ? 1L << 23 : 1L << 7)) != 0) {
                return fault(FaultType.TRANSLATION, 0, "TCR_EL1.EPD%s=1 forbids walks with TTBR%s_EL1".formatted(n, n));
            }
            if (format.isTooLarge(format.startTable())) {
                return fault(
                        FaultType.ADDRESS_SIZE,
                        0,
                        "TTBR%s_EL1 points above the %d bits of TCR_EL1.IPS".formatted(n, format.outputBits()));
            }
            return descend(format);
        }

        private Outcome descend(TableFormat format) {
            long table = format.startTable();
            int level = format.startLevel();
            while (true) {
                long ipa = format.descriptorAddress(table, level, virtualAddress);
                Outcome found = stage2.translate(ipa, Access.READ, true);
                if (!(found instanceof Mapped at)) {
                    return found;
                }
                long address = at.physicalAddress();
                PhysicalMemory ram = tables.ramAt(address);
                if (ram == null) {
                    record(level, at, 0, Kind.UNREADABLE, "no RAM but " + at.place());
                    return fault(
                            FaultType.EXTERNAL_ABORT,
                            level,
                            "the stage-1 table is not in RAM: at PA 0x%x is %s".formatted(address, at.place()));
                }
                long descriptor = ram.read(address, Long.BYTES);
                if (registers.hasBigEndianTables()) {
                    descriptor = Long.reverseBytes(descriptor);
                }
                switch (format.kind(descriptor, level)) {
                    case INVALID -> {
                        boolean isOff = (descriptor & 1) == 0;
                        record(
                                level,
                                at,
                                descriptor,
                                Kind.INVALID,
                                isOff ? "invalid (bit 0 is 0)" : "invalid (no block is allowed at this level)");
                        return fault(FaultType.TRANSLATION, level, "the stage-1 descriptor is invalid");
                    }
                    case TABLE -> {
                        table = format.nextTable(descriptor);
                        permissions.restrict(descriptor);
                        record(
                                level,
                                at,
                                descriptor,
                                Kind.TABLE,
                                "next table at IPA 0x%x%s".formatted(table, Stage1Permissions.table(descriptor)));
                        if (format.isTooLarge(table)) {
                            return tooLarge(format, level);
                        }
                        level++;
                    }
                    case BLOCK -> {
                        return finish(format, descriptor, level, at, Kind.BLOCK);
                    }
                    case PAGE -> {
                        return finish(format, descriptor, level, at, Kind.PAGE);
                    }
                }
            }
        }

        private Outcome finish(TableFormat format, long descriptor, int level, Mapped at, Kind kind) {
            permissions.leaf(descriptor);
            String meaning = "%s at IPA 0x%x, %s, %s%s"
                    .formatted(
                            format.leafSize(level),
                            format.leafBase(descriptor, level),
                            permissions.inWords(),
                            MemoryAttributes.stage1(descriptor, registers.mair()),
                            (descriptor & ACCESS_FLAG) == 0 ? ", AF=0" : "");
            record(level, at, descriptor, kind, meaning);
            if (format.isTooLarge(format.leafBase(descriptor, level))) {
                return tooLarge(format, level);
            }
            if ((descriptor & ACCESS_FLAG) == 0) {
                return fault(FaultType.ACCESS_FLAG, level, "the stage-1 descriptor's access flag is 0");
            }
            if (!permissions.allows(access, atEl0)) {
                return fault(
                        FaultType.PERMISSION,
                        level,
                        "stage 1 does not allow %s at EL%d (%s)"
                                .formatted(access.noun(), atEl0 ? 0 : 1, permissions.inWords()));
            }
            return ipa(format.output(descriptor, level, virtualAddress));
        }

        private Mapped ipa(long address) {
            return new Mapped(address, address, "");
        }

        private void record(int level, Mapped at, long descriptor, Kind kind, String meaning) {
            tables.add(new Step(1, level, virtualAddress, at.ipa(), at.physicalAddress(), descriptor, kind, meaning));
        }

        private Fault tooLarge(TableFormat format, int level) {
            return fault(
                    FaultType.ADDRESS_SIZE,
                    level,
                    "the stage-1 descriptor's address is above the %d bits of TCR_EL1.IPS"
                            .formatted(format.outputBits()));
        }

        private Fault fault(FaultType type, int level, String reason) {
            return new Fault(1, level, type.status(level), null, 0, reason);
        }
    }
}
