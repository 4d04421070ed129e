package org.shyperlab.hypervisor.interrupt.aarch64;

import org.shyperlab.hypervisor.device.EmulatedDevice;
import org.shyperlab.hypervisor.vcpu.Vcpu;

/** The registers of a VM's emulated distributor (IHI 0048B 4.3). Words; bytes too where the architecture allows them. */
public final class DistributorRegisters implements EmulatedDevice {
    /** Register groups that hold one field per interrupt: where they start and how wide the field is. */
    private enum Row {
        GROUP(0x080, 1, false),
        SET_ENABLE(0x100, 1, false),
        CLEAR_ENABLE(0x180, 1, false),
        SET_PENDING(0x200, 1, true),
        CLEAR_PENDING(0x280, 1, true),
        SET_ACTIVE(0x300, 1, true),
        CLEAR_ACTIVE(0x380, 1, true),
        PRIORITY(0x400, 8, false),
        TARGETS(0x800, 8, false),
        CONFIGURATION(0xc00, 2, false),
        CLEAR_SGI(0xf10, 8, true),
        SET_SGI(0xf20, 8, true);

        private final int base;
        private final int bits;
        /** Whether list registers may know better than the distributor. */
        private final boolean isState;

        Row(int base, int bits, boolean isState) {
            this.base = base;
            this.bits = bits;
            this.isState = isState;
        }
    }

    private static final int CTLR = 0x000;
    private static final int TYPER = 0x004;
    private static final int IIDR = 0x008;
    private static final int SGIR = 0xf00;
    private static final int ICPIDR2 = 0xfe8;

    /** Implementer Arm, product GIC-400: what drivers expect of a GICv2. */
    private static final int IMPLEMENTER = 0x0200_143b;

    /** Which row answers at a word of the 4 KiB window, by offset / 4. */
    private static final Row[] ROW_AT = new Row[0x400];

    static {
        for (Row row : Row.values()) {
            boolean sgiOnly = row == Row.CLEAR_SGI || row == Row.SET_SGI;
            int words = sgiOnly ? 4 : 32 * row.bits;
            for (int i = 0; i < words; i++) {
                int word = row.base / 4 + i;
                if (word < ROW_AT.length && ROW_AT[word] == null) {
                    ROW_AT[word] = row;
                }
            }
        }
    }

    private final Distributor distributor;
    private final long size;

    /** The registers of {@code distributor} in a window of {@code size} bytes, of which the first 4 KiB hold registers. */
    public DistributorRegisters(Distributor distributor, long size) {
        this.distributor = distributor;
        this.size = size;
    }

    @Override
    public String name() {
        return "vgicd";
    }

    @Override
    public long size() {
        return size;
    }

    /** Words, aligned; bytes where a byte is one interrupt's field (4.1.4). */
    private static boolean isRegister(long offset, int size) {
        if (offset >= 0x1000 || (offset & size - 1) != 0) {
            return false;
        }
        Row row = ROW_AT[(int) offset >>> 2];
        return size == 4 || size == 1 && row != null && row.bits == 8;
    }

    @Override
    public long read(Vcpu vcpu, long offset, int size) {
        if (!isRegister(offset, size)) {
            return 0;
        }
        CpuInterface cpu = distributor.cpuInterface(vcpu.index());
        switch ((int) offset) {
            case CTLR:
                return distributor.isEnabled() ? 1 : 0;
            case TYPER:
                return distributor.interrupts() / 32 - 1 | (distributor.cpus() - 1L) << 5;
            case IIDR:
                return IMPLEMENTER;
            case ICPIDR2:
                return 0x2b;
            default:
                break;
        }
        Row row = ROW_AT[(int) offset >>> 2];
        if (row == null) {
            return 0;
        }
        if (row.isState) {
            cpu.requestSync();
            cpu.update();
        }
        int first = ((int) offset - row.base) * 8 / row.bits;
        int count = size * 8 / row.bits;
        long value = 0;
        for (int i = 0; i < count && first + i < distributor.interrupts(); i++) {
            VirtualInterrupt interrupt = distributor.interrupt(cpu, first + i);
            if (row.isState) {
                distributor.refresh(interrupt, cpu);
            }
            value |= field(row, cpu, interrupt) << i * row.bits;
        }
        return value;
    }

    private long field(Row row, CpuInterface cpu, VirtualInterrupt interrupt) {
        return switch (row) {
            case GROUP -> 0;
            case SET_ENABLE, CLEAR_ENABLE -> interrupt.enabled ? 1 : 0;
            case SET_PENDING, CLEAR_PENDING -> isPending(interrupt) ? 1 : 0;
            case SET_ACTIVE, CLEAR_ACTIVE -> interrupt.active ? 1 : 0;
            case PRIORITY -> interrupt.priority;
            case TARGETS -> targets(cpu, interrupt);
            case CONFIGURATION -> interrupt.edge ? 2 : 0;
            case CLEAR_SGI, SET_SGI -> interrupt.sources;
        };
    }

    /** Of private interrupts a vCPU's own bit; zero where there is only one vCPU (4.3.12). */
    private long targets(CpuInterface cpu, VirtualInterrupt interrupt) {
        if (distributor.cpus() == 1) {
            return 0;
        }
        return interrupt.owner == null ? interrupt.targets : 1L << cpu.index();
    }

    private boolean isPending(VirtualInterrupt interrupt) {
        distributor.resample(interrupt);
        return interrupt.isPending() || interrupt.isPendingAtHolder() || distributor.isPhysicalLineHigh(interrupt);
    }

    @Override
    public void write(Vcpu vcpu, long offset, int size, long value) {
        if (!isRegister(offset, size)) {
            return;
        }
        CpuInterface cpu = distributor.cpuInterface(vcpu.index());
        if (offset == SGIR) {
            sendSgi(cpu, (int) value);
            return;
        }
        if (offset == CTLR) {
            distributor.enable((value & 1) != 0);
            return;
        }
        Row row = ROW_AT[(int) offset >>> 2];
        if (row == null) {
            return;
        }
        int first = ((int) offset - row.base) * 8 / row.bits;
        int count = size * 8 / row.bits;
        int mask = (1 << row.bits) - 1;
        for (int i = 0; i < count && first + i < distributor.interrupts(); i++) {
            int field = (int) (value >>> i * row.bits) & mask;
            if (field != 0 || row == Row.PRIORITY || row == Row.TARGETS || row == Row.CONFIGURATION) {
                setField(row, distributor.interrupt(cpu, first + i), field);
            }
        }
    }

    private void setField(Row row, VirtualInterrupt interrupt, int value) {
        boolean sgi = interrupt.isSgi();
        switch (row) {
            case GROUP -> {
                // One security state and one group for guests: reads as zero, writes are ignored (4.3.4).
            }
            case SET_ENABLE -> distributor.setEnabled(interrupt, true);
            case CLEAR_ENABLE -> distributor.setEnabled(interrupt, sgi);
            case SET_PENDING, CLEAR_PENDING -> {
                if (!sgi) {
                    distributor.setPending(interrupt, row == Row.SET_PENDING);
                }
            }
            case SET_ACTIVE -> distributor.setActive(interrupt, true);
            case CLEAR_ACTIVE -> distributor.setActive(interrupt, false);
            case PRIORITY -> interrupt.priority = value & 0xf8;
            case TARGETS -> distributor.setTargets(interrupt, value);
            case CONFIGURATION -> distributor.setEdge(interrupt, (value & 2) != 0);
            case CLEAR_SGI -> distributor.setSgiSources(interrupt, value, false);
            case SET_SGI -> distributor.setSgiSources(interrupt, value, true);
        }
    }

    /** GICD_SGIR (4.3.15): target list, all but the sender, or the sender itself. */
    private void sendSgi(CpuInterface cpu, int value) {
        int all = (1 << distributor.cpus()) - 1;
        int self = 1 << cpu.index();
        int targets = switch (value >>> 24 & 3) {
            case 0 -> value >>> 16 & all;
            case 1 -> all & ~self;
            case 2 -> self;
            default -> 0;
        };
        distributor.sendSgi(cpu, value & 15, targets);
    }

    @Override
    public void reset() {
        distributor.reset();
    }
}
