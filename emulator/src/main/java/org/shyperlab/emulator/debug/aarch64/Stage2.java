package org.shyperlab.emulator.debug.aarch64;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.debug.PageWalk.Access;
import org.shyperlab.emulator.debug.PageWalk.Fault;
import org.shyperlab.emulator.debug.PageWalk.Kind;
import org.shyperlab.emulator.debug.PageWalk.Mapped;
import org.shyperlab.emulator.debug.PageWalk.Outcome;
import org.shyperlab.emulator.debug.PageWalk.Step;
import org.shyperlab.emulator.debug.TableMemory;
import org.shyperlab.emulator.memory.PhysicalMemory;

/** Stage 2: from intermediate physical addresses to physical ones, by VTCR_EL2 and VTTBR_EL2 (Arm ARM D8.2.7, D8.3). */
final class Stage2 {
    private static final long READ = 1 << 6;
    private static final long WRITE = 1 << 7;
    private static final long ACCESS_FLAG = 1 << 10;
    private static final long EXECUTE_NEVER = 1L << 54;

    private final TableMemory tables;
    private final A64TranslationRegisters registers;

    Stage2(TableMemory tables, A64TranslationRegisters registers) {
        this.tables = tables;
        this.registers = registers;
    }

    /** Translates {@code ipa}; {@code inStage1Walk} when it is the address of a stage-1 descriptor. */
    Outcome translate(long ipa, Access access, boolean inStage1Walk) {
        if (!registers.isStage2On()) {
            return mapped(ipa, ipa);
        }
        return new Lookup(ipa, access, inStage1Walk).run();
    }

    private Mapped mapped(long ipa, long physicalAddress) {
        return new Mapped(ipa, physicalAddress, tables.placeOf(physicalAddress));
    }

    /** The shape of the tables by VTCR_EL2; null when SL0, T0SZ and TG0 do not fit together. */
    static @Nullable TableFormat format(long vtcr, long vttbr) {
        Granule granule = Granule.ofTg0((int) (vtcr >>> 14 & 3));
        int startField = (int) (vtcr >>> 6 & 3);
        int startLevel = (granule == Granule.KIB_4 ? 2 : 3) - startField;
        if (startField == 3) {
            return null;
        }
        int inputBits = Stage1.inputBits((int) (vtcr & 63));
        int outputBits = TableFormat.addressBits((int) (vtcr >>> 16 & 7));
        TableFormat format = new TableFormat(granule, inputBits, startLevel, vttbr, outputBits);
        // Up to 16 tables may be concatenated at the first level.
        boolean fits = format.startIndexBits() >= 1 && format.startIndexBits() <= granule.stride() + 4;
        return fits ? format : null;
    }

    /** One translation. */
    private final class Lookup {
        private final long ipa;
        private final Access access;
        private final boolean inStage1Walk;

        Lookup(long ipa, Access access, boolean inStage1Walk) {
            this.ipa = ipa;
            this.access = access;
            this.inStage1Walk = inStage1Walk;
        }

        Outcome run() {
            TableFormat format = format(registers.vtcr(), registers.vttbr());
            if (format == null) {
                return fault(
                        FaultType.TRANSLATION, 0, "VTCR_EL2 is not consistent: SL0, T0SZ and TG0 do not fit together");
            }
            if (ipa >>> format.inputBits() != 0) {
                return fault(
                        FaultType.TRANSLATION,
                        0,
                        "the IPA is outside the %d bits of VTCR_EL2.T0SZ".formatted(format.inputBits()));
            }
            if (format.isTooLarge(format.startTable())) {
                return fault(
                        FaultType.ADDRESS_SIZE,
                        0,
                        "VTTBR_EL2 points above the %d bits of VTCR_EL2.PS".formatted(format.outputBits()));
            }
            return descend(format);
        }

        private Outcome descend(TableFormat format) {
            long table = format.startTable();
            int level = format.startLevel();
            while (true) {
                long address = format.descriptorAddress(table, level, ipa);
                PhysicalMemory ram = tables.ramAt(address);
                if (ram == null) {
                    String place = tables.placeOf(address);
                    record(level, address, 0, Kind.UNREADABLE, "no RAM but " + place);
                    return fault(
                            FaultType.EXTERNAL_ABORT,
                            level,
                            "the stage-2 table is not in RAM: at 0x%x is %s".formatted(address, place));
                }
                long descriptor = ram.read(address, Long.BYTES);
                switch (format.kind(descriptor, level)) {
                    case INVALID -> {
                        record(level, address, descriptor, Kind.INVALID, invalid(descriptor));
                        return fault(FaultType.TRANSLATION, level, "the stage-2 descriptor is invalid");
                    }
                    case TABLE -> {
                        table = format.nextTable(descriptor);
                        record(level, address, descriptor, Kind.TABLE, "next table at PA 0x%x".formatted(table));
                        if (format.isTooLarge(table)) {
                            return tooLarge(format, level);
                        }
                        level++;
                    }
                    case BLOCK -> {
                        record(level, address, descriptor, Kind.BLOCK, leaf(format, descriptor, level));
                        return finish(format, descriptor, level);
                    }
                    case PAGE -> {
                        record(level, address, descriptor, Kind.PAGE, leaf(format, descriptor, level));
                        return finish(format, descriptor, level);
                    }
                }
            }
        }

        private Outcome finish(TableFormat format, long descriptor, int level) {
            if (format.isTooLarge(format.leafBase(descriptor, level))) {
                return tooLarge(format, level);
            }
            if ((descriptor & ACCESS_FLAG) == 0) {
                return fault(FaultType.ACCESS_FLAG, level, "the stage-2 descriptor's access flag is 0");
            }
            // Stage 1 reads its descriptors, whatever the access is that it walks for.
            Access checked = inStage1Walk ? Access.READ : access;
            boolean allowed = switch (checked) {
                case READ -> (descriptor & READ) != 0;
                case WRITE -> (descriptor & WRITE) != 0;
                case FETCH -> (descriptor & EXECUTE_NEVER) == 0;
            };
            if (!allowed) {
                String rule = checked == Access.FETCH ? "XN=1" : "S2AP=" + (descriptor >>> 6 & 3);
                return fault(
                        FaultType.PERMISSION, level, "stage 2 does not allow %s (%s)".formatted(checked.noun(), rule));
            }
            if (inStage1Walk && registers.protectsTableWalks() && MemoryAttributes.isStage2Device(descriptor)) {
                return fault(
                        FaultType.PERMISSION,
                        level,
                        "stage 2 maps the stage-1 table as Device memory and HCR_EL2.PTW=1");
            }
            return mapped(ipa, format.output(descriptor, level, ipa));
        }

        private void record(int level, long address, long descriptor, Kind kind, String meaning) {
            tables.add(new Step(2, level, ipa, address, address, descriptor, kind, meaning));
        }

        private Fault tooLarge(TableFormat format, int level) {
            return fault(
                    FaultType.ADDRESS_SIZE,
                    level,
                    "the stage-2 descriptor's address is above the %d bits of VTCR_EL2.PS"
                            .formatted(format.outputBits()));
        }

        private Fault fault(FaultType type, int level, String reason) {
            // Armv8.0 does not write descriptors: its walks only read.
            return new Fault(2, level, type.status(level), inStage1Walk ? Access.READ : null, ipa, reason);
        }
    }

    private static String leaf(TableFormat format, long descriptor, int level) {
        return "%s at PA 0x%x, %s%s%s, %s%s"
                .formatted(
                        format.leafSize(level),
                        format.leafBase(descriptor, level),
                        (descriptor & READ) != 0 ? "r" : "-",
                        (descriptor & WRITE) != 0 ? "w" : "-",
                        (descriptor & EXECUTE_NEVER) == 0 ? "x" : "-",
                        MemoryAttributes.stage2(descriptor),
                        (descriptor & ACCESS_FLAG) == 0 ? ", AF=0" : "");
    }

    private static String invalid(long descriptor) {
        return (descriptor & 1) == 0 ? "invalid (bit 0 is 0)" : "invalid (no block is allowed at this level)";
    }
}
