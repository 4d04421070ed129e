package org.shyperlab.emulator.device.gic;

import static org.shyperlab.emulator.device.Register.BYTE_OR_WORD;
import static org.shyperlab.emulator.device.Register.WORD_ONLY;
import static org.shyperlab.emulator.device.Register.constant;
import static org.shyperlab.emulator.device.Register.readOnly;
import static org.shyperlab.emulator.device.Register.readWrite;
import static org.shyperlab.emulator.device.Register.writeActs;
import static org.shyperlab.emulator.device.Register.writeOnly;

import org.shyperlab.emulator.device.RegisterMap;
import org.shyperlab.emulator.trace.GuestErrors;

/** The distributor's register window (IHI 0048B table 4-1): one row per group of registers, one loop per width of field. */
final class DistributorRegisters {
    private static final int WINDOW = 0x1000;

    private final InterruptTable table;
    private final String device;
    private final GuestErrors errors;

    private DistributorRegisters(String device, InterruptTable table, GuestErrors errors) {
        this.device = device;
        this.table = table;
        this.errors = errors;
    }

    /** The window's table. */
    static RegisterMap of(String device, InterruptTable table, GuestErrors errors) {
        return new DistributorRegisters(device, table, errors).map();
    }

    private RegisterMap map() {
        int words = table.words;
        // Identifiers 1020 to 1023 have no priority and no targets, so the last word of these runs is missing then.
        int byteRegisters = Math.min(words * 8, InterruptTable.SPECIAL / 4);
        RegisterMap.Builder map = RegisterMap.of(device, WINDOW, errors)
                .add(readWrite(
                                0x000,
                                "GICD_CTLR",
                                (core, n) -> table.enabledGroups(),
                                (core, n, value) -> table.enableGroups(value))
                        .field("EnableGrp0", 0, 0)
                        .field("EnableGrp1", 1, 1))
                .add(constant(0x004, "GICD_TYPER", words - 1 | table.cores - 1 << 5))
                .add(constant(0x008, "GICD_IIDR", 0x43b))
                .add(readWrite(0x080, "GICD_IGROUPR", table.group1::get, this::writeGroups)
                        .times(words))
                .add(writeActs(0x100, "GICD_ISENABLER", table.enabled::get, this::enable)
                        .times(words)
                        .withVaryingReset())
                .add(writeActs(0x180, "GICD_ICENABLER", table.enabled::get, this::disable)
                        .times(words)
                        .withVaryingReset())
                .add(writeActs(0x200, "GICD_ISPENDR", table::pending, this::setPending)
                        .times(words))
                .add(writeActs(0x280, "GICD_ICPENDR", table::pending, this::clearPending)
                        .times(words))
                .add(writeActs(0x300, "GICD_ISACTIVER", table.active::get, this::setActive)
                        .times(words))
                .add(writeActs(0x380, "GICD_ICACTIVER", table.active::get, this::clearActive)
                        .times(words))
                .add(readWrite(0x400, "GICD_IPRIORITYR", this::readPriorities, this::writePriorities)
                        .times(byteRegisters)
                        .sizes(BYTE_OR_WORD))
                .add(constant(0xc00, "GICD_ICFGR0", 0xaaaa_aaaa))
                .add(readWrite(0xc04, "GICD_ICFGR1_", this::readTriggers, this::writeTriggers)
                        .times(words * 2 - 1))
                .add(writeOnly(0xf00, "GICD_SGIR", this::sendSgi)
                        .field("TargetListFilter", 25, 24)
                        .field("CPUTargetList", 23, 16)
                        .field("SGIINTID", 3, 0))
                .add(writeActs(0xf10, "GICD_CPENDSGIR", this::readSgiSources, this::clearSgiSources)
                        .times(4)
                        .sizes(BYTE_OR_WORD))
                .add(writeActs(0xf20, "GICD_SPENDSGIR", this::readSgiSources, this::addSgiSources)
                        .times(4)
                        .sizes(BYTE_OR_WORD))
                .identification(0xfd0, "GICD_PIDR4_", 0x0000_0004, WORD_ONLY)
                .identification(0xfe0, "GICD_PIDR", 0x002b_b490, WORD_ONLY)
                .identification(0xff0, "GICD_CIDR", 0xb105_f00d, WORD_ONLY);
        addTargets(map, byteRegisters);
        return map.build();
    }

    /** ITARGETSR: of private interrupts they tell a core its own number; on a uniprocessor all read as zero (4.3.12). */
    private void addTargets(RegisterMap.Builder map, int byteRegisters) {
        if (table.cores == 1) {
            map.add(readWrite(0x800, "GICD_ITARGETSR", (core, n) -> 0, (core, n, value) -> {})
                    .times(byteRegisters)
                    .sizes(BYTE_OR_WORD));
            return;
        }
        map.add(readOnly(0x800, "GICD_ITARGETSR", (core, n) -> 0x0101_0101 << core)
                .times(8)
                .sizes(BYTE_OR_WORD)
                .withVaryingReset());
        if (byteRegisters > 8) {
            map.add(readWrite(0x820, "GICD_ITARGETSR8_", this::readTargets, this::writeTargets)
                    .times(byteRegisters - 8)
                    .sizes(BYTE_OR_WORD));
        }
    }

    private void writeGroups(int core, int word, int bits) {
        table.group1.set(core, word, bits & table.existing(word));
        table.changed(core, word);
    }

    private void enable(int core, int word, int bits) {
        table.enabled.add(core, word, bits & table.existing(word));
        table.changed(core, word);
    }

    /** SGIs are always enabled, as 4.3.5 allows. */
    private void disable(int core, int word, int bits) {
        table.enabled.remove(core, word, word == 0 ? bits & 0xffff_0000 : bits);
        table.changed(core, word);
    }

    private void setPending(int core, int word, int bits) {
        table.latch(core, word, bits & table.existing(word));
    }

    private void clearPending(int core, int word, int bits) {
        table.unlatch(core, word, bits);
    }

    private void setActive(int core, int word, int bits) {
        table.active.add(core, word, bits & table.existing(word));
        table.changed(core, word);
    }

    private void clearActive(int core, int word, int bits) {
        table.active.remove(core, word, bits);
        table.changed(core, word);
    }

    private int readPriorities(int core, int n) {
        int value = 0;
        for (int lane = 0; lane < 4; lane++) {
            value |= table.priority(core, n * 4 + lane) << lane * 8;
        }
        return value;
    }

    private void writePriorities(int core, int n, int value) {
        for (int lane = 0; lane < 4; lane++) {
            table.priority(core, n * 4 + lane, value >>> lane * 8);
        }
        table.changed(core, n / 8);
    }

    private int readTargets(int core, int n) {
        int value = 0;
        for (int lane = 0; lane < 4; lane++) {
            value |= table.targets(InterruptTable.PRIVATES + n * 4 + lane) << lane * 8;
        }
        return value;
    }

    private void writeTargets(int core, int n, int value) {
        for (int lane = 0; lane < 4; lane++) {
            table.targets(InterruptTable.PRIVATES + n * 4 + lane, value >>> lane * 8 & 0xff);
        }
        table.changed(core, 1 + n / 8);
    }

    /** ICFGR from register 1 on: the upper bit of a field says edge-triggered, the lower is reserved (4.3.13). */
    private int readTriggers(int core, int n) {
        int half = table.edge.get(core, n + 1 >>> 1) >>> (n + 1 & 1) * 16;
        int value = 0;
        for (int field = 0; field < 16; field++) {
            value |= (half >>> field & 1) << field * 2 + 1;
        }
        return value;
    }

    private void writeTriggers(int core, int n, int value) {
        int word = n + 1 >>> 1;
        int shift = (n + 1 & 1) * 16;
        int half = 0;
        for (int field = 0; field < 16; field++) {
            half |= (value >>> field * 2 + 1 & 1) << field;
        }
        int others = table.edge.get(core, word) & ~(0xffff << shift);
        table.edge.set(core, word, (others | half << shift) & table.existing(word));
        table.changed(core, word);
    }

    private void sendSgi(int core, int n, int value) {
        int self = 1 << core;
        int all = (1 << table.cores) - 1;
        int filter = value >>> 24 & 3;
        int targets = switch (filter) {
            case 0 -> value >>> 16 & all;
            case 1 -> all & ~self;
            case 2 -> self;
            default -> 0;
        };
        if (filter == 3) {
            errors.report(core, device, "GICD_SGIR with the reserved TargetListFilter 3 (GICv2 4.3.15)");
        }
        int id = value & 0xf;
        for (int target = 0; target < table.cores; target++) {
            if ((targets >>> target & 1) != 0) {
                table.sgiSources(target, id, table.sgiSources(target, id) | self);
            }
        }
    }

    private int readSgiSources(int core, int n) {
        int value = 0;
        for (int lane = 0; lane < 4; lane++) {
            value |= table.sgiSources(core, n * 4 + lane) << lane * 8;
        }
        return value;
    }

    private void addSgiSources(int core, int n, int value) {
        for (int lane = 0; lane < 4; lane++) {
            int id = n * 4 + lane;
            table.sgiSources(core, id, table.sgiSources(core, id) | value >>> lane * 8 & 0xff);
        }
    }

    private void clearSgiSources(int core, int n, int value) {
        for (int lane = 0; lane < 4; lane++) {
            int id = n * 4 + lane;
            table.sgiSources(core, id, table.sgiSources(core, id) & ~(value >>> lane * 8));
        }
    }
}
