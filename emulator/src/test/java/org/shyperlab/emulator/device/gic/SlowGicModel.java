package org.shyperlab.emulator.device.gic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shyperlab.emulator.device.gic.GicBench.*;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What a GIC's outputs must be by IHI 0048B, worked out anew from its registers by trying every interrupt; shares no code with the
 * device. Apart from {@link #check} clearing one latch, it only reads registers whose reads change nothing.
 */
final class SlowGicModel {
    /** A pending interrupt: its identifier as IAR answers it, with the source of an SGI. */
    private record Pending(int answer, int id, int priority, boolean group1) {}

    /** One CPU interface's settings, and its active group priorities as a set of levels. */
    private record Settings(boolean on, int control, int mask, int point, int aliasedPoint, int levels) {
        int running() {
            for (int level = 0; level < 32; level++) {
                if ((levels >> level & 1) != 0) {
                    return level * 8;
                }
            }
            return 256;
        }

        int group(Pending interrupt) {
            boolean aliased = interrupt.group1 && (control & CBPR) == 0;
            int subpriorityBits = aliased ? aliasedPoint : point + 1;
            return interrupt.priority >> subpriorityBits << subpriorityBits;
        }

        boolean enables(Pending interrupt) {
            return on && (control & (interrupt.group1 ? GROUP1 : GROUP0)) != 0;
        }
    }

    private final GicBench bench;
    private final int interrupts;

    SlowGicModel(GicBench bench, int interrupts) {
        this.bench = bench;
        this.interrupts = interrupts;
    }

    /** Compares all outputs and status registers of a core; returns how many pins are asserted. */
    int check(int core, String when) {
        String at = "core " + core + " at " + when;
        Pins pins = bench.pins[core];
        // So that PPI 25, if level-sensitive, is pending exactly while the maintenance wire is high.
        bench.setBit(core, ICPENDR, GicV2.MAINTENANCE);
        List<Pending> highest = highestPhysical(core);
        Settings physical = physicalSettings(core);
        assertThat(pins.irq).as("IRQ of " + at).isEqualTo(isIrq(physical, highest));
        assertThat(pins.fiq).as("FIQ of " + at).isEqualTo(isFiq(physical, highest));
        assertThat(bench.gicc(core, HPPIR)).as("GICC_HPPIR of " + at).isEqualTo(visible(physical, highest));
        assertThat(bench.gicc(core, RPR)).as("GICC_RPR of " + at).isEqualTo(Math.min(physical.running(), 255));
        List<Pending> highestVirtual = highestVirtual(core);
        Settings virtual = virtualSettings(core);
        assertThat(pins.virtualIrq).as("VIRQ of " + at).isEqualTo(isIrq(virtual, highestVirtual));
        assertThat(pins.virtualFiq).as("VFIQ of " + at).isEqualTo(isFiq(virtual, highestVirtual));
        checkMaintenance(core, at);
        for (int id = 0; id < 16; id++) {
            boolean fromSomeone = (bench.gicd(core, SPENDSGIR + id / 4 * 4) >> id % 4 * 8 & 0xff) != 0;
            assertThat(bench.bit(core, ISPENDR, id))
                    .as("SGI " + id + " of " + at)
                    .isEqualTo(fromSomeone);
        }
        return (pins.irq ? 1 : 0) + (pins.fiq ? 1 : 0) + (pins.virtualIrq ? 1 : 0) + (pins.virtualFiq ? 1 : 0);
    }

    int expectedAcknowledge(int core) {
        return acknowledged(physicalSettings(core), highestPhysical(core));
    }

    int expectedVirtualAcknowledge(int core) {
        return acknowledged(virtualSettings(core), highestVirtual(core));
    }

    private static int acknowledged(Settings settings, List<Pending> highest) {
        return isSignalled(settings, highest) ? visible(settings, highest) : 1023;
    }

    private static boolean isSignalled(Settings settings, List<Pending> highest) {
        if (highest.isEmpty() || !settings.enables(highest.getFirst())) {
            return false;
        }
        Pending interrupt = highest.getFirst();
        return interrupt.priority < settings.mask && settings.group(interrupt) < settings.running();
    }

    private static boolean isFiq(Settings settings, List<Pending> highest) {
        return isSignalled(settings, highest) && !highest.getFirst().group1 && (settings.control & FIQ_EN) != 0;
    }

    private static boolean isIrq(Settings settings, List<Pending> highest) {
        return isSignalled(settings, highest) && !isFiq(settings, highest);
    }

    private static int visible(Settings settings, List<Pending> highest) {
        if (highest.isEmpty() || !settings.enables(highest.getFirst())) {
            return 1023;
        }
        boolean hidden = highest.getFirst().group1 && (settings.control & ACK_CTL) == 0;
        return hidden ? 1022 : highest.getFirst().answer;
    }

    private Settings physicalSettings(int core) {
        return new Settings(
                true,
                bench.gicc(core, CTLR),
                bench.gicc(core, PMR),
                bench.gicc(core, BPR),
                bench.gicc(core, ABPR),
                bench.gicc(core, APR0) | bench.gicc(core, NSAPR0));
    }

    private Settings virtualSettings(int core) {
        int vmcr = bench.gich(core, VMCR);
        return new Settings(
                (bench.gich(core, HCR) & 1) != 0,
                vmcr & 0x21f,
                (vmcr >>> 27) * 8,
                vmcr >> 21 & 7,
                vmcr >> 18 & 7,
                bench.gich(core, APR));
    }

    private List<Pending> highestPhysical(int core) {
        int groups = bench.gicd(core, GICD_CTLR);
        List<Pending> all = new ArrayList<>();
        for (int id = 0; id < interrupts; id++) {
            boolean group1 = bench.bit(core, IGROUPR, id);
            boolean mine = id < 32
                    || bench.pins.length == 1
                    || (bench.gicd(core, ITARGETSR + id / 4 * 4) >> id % 4 * 8 >> core & 1) != 0;
            if (mine
                    && bench.bit(core, ISPENDR, id)
                    && bench.bit(core, ISENABLER, id)
                    && !bench.bit(core, ISACTIVER, id)
                    && (groups & (group1 ? 2 : 1)) != 0) {
                int source = id < 16 ? lowest(bench.gicd(core, SPENDSGIR + id / 4 * 4) >> id % 4 * 8 & 0xff) : 0;
                int priority = bench.gicd(core, IPRIORITYR + id / 4 * 4) >> id % 4 * 8 & 0xff;
                all.add(new Pending(source << 10 | id, id, priority, group1));
            }
        }
        return highest(all);
    }

    private static int lowest(int bits) {
        int n = 0;
        while ((bits >> n & 1) == 0) {
            n++;
        }
        return n;
    }

    private List<Pending> highestVirtual(int core) {
        List<Pending> all = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            int entry = bench.gich(core, LR0 + 4 * n);
            int id = entry & 0x3ff;
            if ((entry >> 28 & 3) == 1 && id < 1020) {
                int source = id < 16 && entry >= 0 ? entry >> 10 & 7 : 0;
                all.add(new Pending(source << 10 | id, id, (entry >> 23 & 31) * 8, (entry >> 30 & 1) != 0));
            }
        }
        return highest(all);
    }

    /** The first of those with the highest priority, or nothing. */
    private static List<Pending> highest(List<Pending> inOrder) {
        return inOrder.stream().min(Comparator.comparingInt(Pending::priority)).stream()
                .toList();
    }

    private void checkMaintenance(int core, String at) {
        int control = bench.gich(core, HCR);
        int guest = bench.gich(core, VMCR);
        int ended = 0;
        int empty = 0;
        int valid = 0;
        int pending = 0;
        for (int n = 0; n < 4; n++) {
            int entry = bench.gich(core, LR0 + 4 * n);
            int state = entry >> 28 & 3;
            boolean wantsEoi = entry >= 0 && (entry >> 19 & 1) != 0;
            ended += state == 0 && wantsEoi ? 1 << n : 0;
            empty += state == 0 && !wantsEoi ? 1 << n : 0;
            valid += state != 0 ? 1 : 0;
            pending += state == 1 ? 1 : 0;
        }
        boolean[] reasons = {
            ended != 0,
            (control & 2) != 0 && valid < 2,
            (control & 4) != 0 && control >>> 27 > 0,
            (control & 8) != 0 && pending == 0,
            (control & 0x10) != 0 && (guest & 1) != 0,
            (control & 0x20) != 0 && (guest & 1) == 0,
            (control & 0x40) != 0 && (guest & 2) != 0,
            (control & 0x80) != 0 && (guest & 2) == 0,
        };
        int expected = 0;
        for (int bit = 0; bit < 8; bit++) {
            expected |= reasons[bit] ? 1 << bit : 0;
        }
        assertThat(bench.gich(core, EISR0)).as("EISR0 of " + at).isEqualTo(ended);
        assertThat(bench.gich(core, ELRSR0)).as("ELRSR0 of " + at).isEqualTo(empty);
        assertThat(bench.gich(core, MISR)).as("MISR of " + at).isEqualTo(expected);
        if (!isEdge(core)) {
            assertThat(bench.gic.isPending(core, GicV2.MAINTENANCE))
                    .as("maintenance interrupt of " + at)
                    .isEqualTo((control & 1) != 0 && expected != 0);
        }
    }

    /** Software may have made PPI 25 edge-triggered; then its pending state is not its wire. */
    private boolean isEdge(int core) {
        return (bench.gicd(core, ICFGR + 4) >> 19 & 1) != 0;
    }
}
