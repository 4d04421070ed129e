package org.shyperlab.emulator.device.gic;

import org.shyperlab.emulator.core.InterruptInputs;
import org.shyperlab.emulator.device.RecordedErrors;

/** A GIC on a test bench: software's view by register offset, and the pins it drives. */
final class GicBench {
    static final int GICD_CTLR = 0x000;
    static final int GICD_TYPER = 0x004;
    static final int IGROUPR = 0x080;
    static final int ISENABLER = 0x100;
    static final int ICENABLER = 0x180;
    static final int ISPENDR = 0x200;
    static final int ICPENDR = 0x280;
    static final int ISACTIVER = 0x300;
    static final int ICACTIVER = 0x380;
    static final int IPRIORITYR = 0x400;
    static final int ITARGETSR = 0x800;
    static final int ICFGR = 0xc00;
    static final int SGIR = 0xf00;
    static final int CPENDSGIR = 0xf10;
    static final int SPENDSGIR = 0xf20;

    static final int CTLR = 0x00;
    static final int PMR = 0x04;
    static final int BPR = 0x08;
    static final int IAR = 0x0c;
    static final int EOIR = 0x10;
    static final int RPR = 0x14;
    static final int HPPIR = 0x18;
    static final int ABPR = 0x1c;
    static final int AIAR = 0x20;
    static final int AEOIR = 0x24;
    static final int AHPPIR = 0x28;
    static final int APR0 = 0xd0;
    static final int NSAPR0 = 0xe0;
    static final int DIR = 0x1000;

    static final int HCR = 0x00;
    static final int VTR = 0x04;
    static final int VMCR = 0x08;
    static final int MISR = 0x10;
    static final int EISR0 = 0x20;
    static final int ELRSR0 = 0x30;
    static final int APR = 0xf0;
    static final int LR0 = 0x100;

    static final int GROUP0 = 1;
    static final int GROUP1 = 2;
    static final int ACK_CTL = 4;
    static final int FIQ_EN = 8;
    static final int CBPR = 16;
    static final int EOI_MODE = 0x200;

    /** The pins of one core as last driven. */
    static final class Pins implements InterruptInputs {
        boolean irq;
        boolean fiq;
        boolean virtualIrq;
        boolean virtualFiq;

        @Override
        public void irq(boolean asserted) {
            irq = asserted;
        }

        @Override
        public void fiq(boolean asserted) {
            fiq = asserted;
        }

        @Override
        public void virtualIrq(boolean asserted) {
            virtualIrq = asserted;
        }

        @Override
        public void virtualFiq(boolean asserted) {
            virtualFiq = asserted;
        }
    }

    final RecordedErrors errors = new RecordedErrors();
    final Pins[] pins;
    final GicV2 gic;

    GicBench(int cores, int spis) {
        pins = new Pins[cores];
        for (int core = 0; core < cores; core++) {
            pins[core] = new Pins();
        }
        gic = new GicV2("gic", spis, pins, errors);
    }

    /** A GIC with both groups enabled everywhere, nothing masked, and SPIs routed nowhere. */
    static GicBench ready(int cores, int spis) {
        GicBench bench = new GicBench(cores, spis);
        bench.gicd(0, GICD_CTLR, GROUP0 | GROUP1);
        for (int core = 0; core < cores; core++) {
            bench.gicc(core, CTLR, GROUP0 | GROUP1 | ACK_CTL);
            bench.gicc(core, PMR, 0xff);
        }
        return bench;
    }

    int gicd(int core, int offset) {
        return (int) gic.distributor().read(core, offset, 4);
    }

    void gicd(int core, int offset, int value) {
        gic.distributor().write(core, offset, 4, value);
    }

    void gicdByte(int core, int offset, int value) {
        gic.distributor().write(core, offset, 1, value);
    }

    int gicc(int core, int offset) {
        return (int) gic.cpuInterface().read(core, offset, 4);
    }

    void gicc(int core, int offset, int value) {
        gic.cpuInterface().write(core, offset, 4, value);
    }

    int gich(int core, int offset) {
        return (int) gic.virtualControl().read(core, offset, 4);
    }

    void gich(int core, int offset, int value) {
        gic.virtualControl().write(core, offset, 4, value);
    }

    int gicv(int core, int offset) {
        return (int) gic.virtualCpuInterface().read(core, offset, 4);
    }

    void gicv(int core, int offset, int value) {
        gic.virtualCpuInterface().write(core, offset, 4, value);
    }

    void setBit(int core, int bank, int id) {
        gicd(core, bank + id / 32 * 4, 1 << id);
    }

    boolean bit(int core, int bank, int id) {
        return (gicd(core, bank + id / 32 * 4) >>> id & 1) != 0;
    }

    /** Enables a private interrupt at a core, with a priority. */
    void enablePrivate(int core, int id, int priority) {
        setBit(core, ISENABLER, id);
        gicdByte(core, IPRIORITYR + id, priority);
    }

    /** Enables a shared interrupt with a priority, for the cores of {@code targets}. */
    void enableShared(int id, int priority, int targets) {
        setBit(0, ISENABLER, id);
        gicdByte(0, IPRIORITYR + id, priority);
        gicdByte(0, ITARGETSR + id, targets);
    }

    void moveToGroup1(int core, int id) {
        int offset = IGROUPR + id / 32 * 4;
        gicd(core, offset, gicd(core, offset) | 1 << id);
    }

    void makeEdge(int id) {
        int offset = ICFGR + id / 16 * 4;
        gicd(0, offset, gicd(0, offset) | 2 << id % 16 * 2);
    }

    void wire(int id, boolean high) {
        gic.spi(id - 32).set(high);
    }

    void send(int core, int id, int targets) {
        gicd(core, SGIR, targets << 16 | id);
    }

    int acknowledge(int core) {
        return gicc(core, IAR);
    }

    void end(int core, int value) {
        gicc(core, EOIR, value);
    }
}
