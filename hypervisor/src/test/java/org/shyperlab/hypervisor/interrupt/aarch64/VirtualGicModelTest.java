package org.shyperlab.hypervisor.interrupt.aarch64;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.emulator.core.CostTable;
import org.shyperlab.emulator.core.InterruptInputs;
import org.shyperlab.emulator.device.gic.GicV2;
import org.shyperlab.emulator.machine.A64Machine;
import org.shyperlab.emulator.machine.MachineSpec;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.emulator.trace.Trace;
import org.shyperlab.hypervisor.TestVcpu;
import org.shyperlab.hypervisor.vcpu.Vcpu;

/**
 * The virtual GIC of one vCPU on the modelled GICv2 hardware. The test plays the guest (distributor registers, GICV) and the devices,
 * and compares each acknowledge with a slow model of a whole GICv2 that knows no list registers.
 */
class VirtualGicModelTest {
    private static final long GICD = 0x800_0000;
    private static final long GICC = 0x801_0000;
    private static final long GICH = 0x803_0000;
    private static final long GICV = 0x804_0000;
    private static final int SPURIOUS = 1023;

    private final A64Machine machine = new A64Machine(
            new MachineSpec("test", 1, 1_000_000_000L, 62_500_000L, 10_000, CostTable.FREE),
            GuestErrors.IGNORE,
            new Trace());
    private final PhysicalGic gic = new PhysicalGic(machine.core(0), GICD, GICC, GICH);
    private final GicV2 hardware =
            new GicV2("gic", 64, new InterruptInputs[] {machine.interruptInputs(0)}, GuestErrors.IGNORE);
    private final Distributor distributor;
    private final DistributorRegisters registers;
    private final CpuInterface cpu;
    private final Vcpu vcpu = new TestVcpu(0, 0);
    private int injections;

    VirtualGicModelTest() {
        machine.bus().attach(hardware.distributor(), GICD);
        machine.bus().attach(hardware.cpuInterface(), GICC);
        machine.bus().attach(hardware.virtualControl(), GICH);
        machine.bus().attach(hardware.virtualCpuInterface(), GICV);
        distributor = new Distributor(new Router(), new int[] {0}, 96, gic.listRegisters());
        registers = new DistributorRegisters(distributor, 0x1000);
        cpu = distributor.cpuInterface(0);
        cpu.owner(vcpu);
        cpu.load(gic);
        write(0x000, 4, 1);
        machine.core(0).writePhysical(GICV + 4, 4, 0xff);
        machine.core(0).writePhysical(GICV, 4, 1);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    private final class Router implements InterruptRouter {
        @Override
        public void changed(CpuInterface target) {
            target.update();
        }

        @Override
        public PhysicalGic here() {
            return gic;
        }

        @Override
        public void route(int physical, CpuInterface target) {
            gic.route(physical, 1);
        }

        @Override
        public void injected(CpuInterface target, int id) {
            injections++;
        }
    }

    private void write(int offset, int size, long value) {
        registers.write(vcpu, offset, size, value);
    }

    private long read(int offset, int size) {
        return registers.read(vcpu, offset, size);
    }

    /** What the hypervisor does on maintenance interrupts, as long as GICH asserts one (GICH_MISR). */
    private void maintain() {
        for (int rounds = 0; machine.core(0).readPhysical(GICH + 0x10, 4) != 0; rounds++) {
            assertThat(rounds).as("maintenance interrupts without end").isLessThan(10);
            cpu.requestSync();
            cpu.update();
        }
    }

    private int acknowledge() {
        int id = (int) machine.core(0).readPhysical(GICV + 0xc, 4) & 0x3ff;
        maintain();
        return id;
    }

    private void end(int id) {
        machine.core(0).writePhysical(GICV + 0x10, 4, id);
        maintain();
    }

    /** GICD_ITARGETSR of a uniprocessor reads as zero and ignores writes (4.3.12), which is how drivers know one. */
    @Test
    void theOnlyVcpuIsTheTargetOfEverythingAndNothingSaysSo() {
        for (int word = 0; word < 96; word += 4) {
            write(0x800 + word, 4, 0xffff_ffffL);
            assertThat(read(0x800 + word, 4)).as("GICD_ITARGETSR%d", word / 4).isZero();
        }
        write(0x800 + 40, 1, 1);
        assertThat(read(0x800 + 40, 1)).isZero();
        write(0x104, 4, 1 << 8);
        distributor.setLine(40, true);
        assertThat(acknowledge()).isEqualTo(40);
    }

    /** A GICv2 with one core, as simple as can be. */
    private static final class Model {
        final boolean[] enabled = new boolean[96];
        final boolean[] latched = new boolean[96];
        final boolean[] line = new boolean[96];
        final boolean[] edge = new boolean[96];
        final boolean[] active = new boolean[96];
        final int[] priority = new int[96];
        final Deque<Integer> running = new ArrayDeque<>();

        boolean pending(int id) {
            return latched[id] || !edge[id] && line[id];
        }

        int acknowledge() {
            int best = SPURIOUS;
            for (int id = 0; id < 96; id++) {
                if (enabled[id] && pending(id) && !active[id] && (best == SPURIOUS || priority[id] < priority[best])) {
                    best = id;
                }
            }
            Integer current = running.peek();
            if (best == SPURIOUS || current != null && priority[best] >= priority[current]) {
                return SPURIOUS;
            }
            active[best] = true;
            latched[best] = false;
            running.push(best);
            return best;
        }

        @Nullable
        Integer end() {
            Integer id = running.poll();
            if (id != null) {
                active[id] = false;
            }
            return id;
        }
    }

    /**
     * Twelve interrupts of different priorities share four list registers. The guest never has more than three active at once: with all
     * four list registers active, a fifth interrupt waits until one ends, where a real GIC would preempt once more.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyAcknowledgeGivesTheInterruptThatARealGicWouldGive(long seed) {
        Random random = new Random(seed);
        Model model = new Model();
        int[] ids = {16, 18, 20, 33, 34, 35, 36, 40, 50, 63, 64, 95};
        for (int i = 0; i < ids.length; i++) {
            model.priority[ids[i]] = (i * 7 % 12 + 1) * 16;
            write(0x400 + ids[i], 1, model.priority[ids[i]]);
            write(0x800 + ids[i], 1, 1);
            model.edge[ids[i]] = ids[i] >= 32 && random.nextBoolean();
            if (ids[i] >= 32) {
                int shift = (ids[i] & 15) * 2;
                int register = 0xc00 + (ids[i] >> 4) * 4;
                write(register, 4, read(register, 4) & ~(3L << shift) | (model.edge[ids[i]] ? 2L : 0) << shift);
            }
        }
        int acknowledged = 0;
        for (int step = 0; step < 4000; step++) {
            int id = ids[random.nextInt(ids.length)];
            int what = random.nextInt(8);
            if (what > 1) {
                // Devices may be faster than a maintenance interrupt, the guest is not.
                maintain();
            }
            switch (what) {
                case 0, 1 -> {
                    boolean high = random.nextBoolean();
                    model.latched[id] |= model.edge[id] && high && !model.line[id];
                    model.line[id] = high;
                    if (id < 32) {
                        distributor.setPrivateLine(cpu, id, high);
                    } else {
                        distributor.setLine(id, high);
                    }
                }
                case 2 -> {
                    boolean on = random.nextInt(3) != 0;
                    model.enabled[id] = on;
                    write((on ? 0x100 : 0x180) + id / 32 * 4, 4, 1L << (id & 31));
                }
                case 3 -> {
                    if (model.edge[id]) {
                        model.latched[id] = random.nextBoolean();
                        write((model.latched[id] ? 0x200 : 0x280) + id / 32 * 4, 4, 1L << (id & 31));
                    }
                }
                case 4, 5 -> {
                    Integer ended = model.end();
                    if (ended != null) {
                        machine.core(0).writePhysical(GICV + 0x10, 4, ended);
                    }
                }
                default -> {
                    if (model.running.size() < 3) {
                        int expected = model.acknowledge();
                        assertThat(acknowledge()).as("step %d", step).isEqualTo(expected);
                        acknowledged += expected == SPURIOUS ? 0 : 1;
                    }
                }
            }
        }
        assertThat(acknowledged).isGreaterThan(300);
        assertThat(injections).isGreaterThanOrEqualTo(acknowledged);
    }

    /** The guest's timer fires, and the hypervisor takes the physical interrupt. */
    private void timerFires() {
        gic.initialiseDistributor();
        gic.initialiseCore();
        hardware.ppi(0, 27).set(true);
        assertThat(gic.acknowledge()).isEqualTo(27);
        gic.dropPriority(27);
        distributor.raise(cpu, 27);
        assertThat(read(0x200, 4) >>> 27 & 1).as("pending").isOne();
        assertThat(gic.isActive(27)).isTrue();
    }

    @Test
    void aTimerInterruptIsNoLongerPendingWhenTheGuestStopsTheTimer() {
        timerFires();
        hardware.ppi(0, 27).set(false);
        assertThat(read(0x200, 4) >>> 27 & 1).as("pending").isZero();
        assertThat(gic.isActive(27)).as("the next one can come").isFalse();
        write(0x100, 4, 1 << 27);
        assertThat(acknowledge()).isEqualTo(SPURIOUS);
    }

    @Test
    void anInterruptThatFellWhileItWasDisabledDoesNotComeWhenItIsEnabled() {
        timerFires();
        hardware.ppi(0, 27).set(false);
        write(0x100, 4, 1 << 27);
        assertThat(acknowledge()).isEqualTo(SPURIOUS);
        assertThat(injections).isZero();
    }

    @Test
    void aTimerInterruptThatSoftwareMadePendingStaysPendingWithoutALine() {
        write(0x200, 4, 1 << 27);
        assertThat(read(0x200, 4) >>> 27 & 1).isOne();
        write(0x100, 4, 1 << 27);
        assertThat(acknowledge()).isEqualTo(27);
    }

    @Test
    void aPassedThroughDevicesInterruptShowsAsPendingBeforeItIsEnabled() {
        distributor.link(40);
        hardware.spi(8).set(true);
        assertThat(read(0x204, 4)).isEqualTo(1 << 8);
        hardware.spi(8).set(false);
        assertThat(read(0x204, 4)).isZero();
    }

    @Test
    void theOnlyVcpuGetsSharedInterruptsWhateverTheirTargets() {
        write(0x104, 4, 1 << 8);
        distributor.setLine(40, true);
        assertThat(acknowledge()).isEqualTo(40);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theEndOfALevelInterruptTrapsOnlyWhileItsDeviceStillAsks(boolean served) {
        write(0x104, 4, 1 << 8);
        distributor.setLine(40, true);
        assertThat(acknowledge()).isEqualTo(40);
        distributor.setLine(40, !served);
        machine.core(0).writePhysical(GICV + 0x10, 4, 40);
        assertThat(machine.core(0).readPhysical(GICH + 0x10, 4) != 0)
                .as("maintenance interrupt")
                .isEqualTo(!served);
        maintain();
        assertThat(acknowledge()).isEqualTo(served ? SPURIOUS : 40);
    }

    @Test
    void aDeviceThatAsksAgainWhileItsInterruptIsActiveIsHeardAfterItsEnd() {
        write(0x104, 4, 1 << 8);
        distributor.setLine(40, true);
        assertThat(acknowledge()).isEqualTo(40);
        distributor.setLine(40, false);
        distributor.setLine(40, true);
        end(40);
        assertThat(acknowledge()).isEqualTo(40);
    }

    @Test
    void sgisFromDifferentSendersAreDeliveredOnceEachWithTheirSender() {
        write(0xf20, 4, 1 << 8);
        write(0xf20, 4, 0);
        assertThat(acknowledge()).isEqualTo(1);
        end(1);
        assertThat(acknowledge()).isEqualTo(SPURIOUS);
    }

    @Test
    void anSgiToOneselfIsDelivered() {
        write(0xf00, 4, 2 << 24 | 5);
        assertThat(acknowledge()).isEqualTo(5);
        end(5);
        write(0xf00, 4, 1 << 24 | 5);
        assertThat(acknowledge()).as("to all others: nobody").isEqualTo(SPURIOUS);
        write(0xf00, 4, 1 << 16 | 6);
        assertThat(acknowledge()).isEqualTo(6);
    }

    @Test
    void aPhysicalInterruptIsDeactivatedByTheGuestsEnd() {
        write(0x100, 4, 1L << 27);
        gic.enablePrivate(1 << 27, true);
        gic.setActive(27, true);
        distributor.raise(cpu, 27);
        assertThat(acknowledge()).isEqualTo(27);
        assertThat(gic.readDistributor(0x300, 4) & 1 << 27).isNotZero();
        end(27);
        assertThat(gic.readDistributor(0x300, 4) & 1 << 27).isZero();
    }

    @Test
    void aTimerInterruptThatWasNotEndedMovesWithItsVcpu() {
        write(0x100, 4, 1L << 27);
        gic.setActive(27, true);
        distributor.raise(cpu, 27);
        cpu.save();
        assertThat(gic.readDistributor(0x300, 4) & 1 << 27)
                .as("free for the next vCPU")
                .isZero();
        assertThat(cpu.hasPending()).isTrue();
        cpu.load(gic);
        assertThat(gic.readDistributor(0x300, 4) & 1 << 27).as("active again").isNotZero();
        assertThat(acknowledge()).isEqualTo(27);
        end(27);
        assertThat(cpu.hasPending()).isFalse();
    }

    @Test
    void listRegistersSurviveAWorldSwitchWithTheGuestsPrioritiesAndMasks() {
        write(0x100 + 4, 4, 0b11 << 1);
        write(0x800, 4, 0);
        write(0x820, 4, 0x01010101);
        write(0x420, 4, 0x20104000);
        distributor.setLine(33, true);
        distributor.setLine(34, true);
        assertThat(acknowledge()).as("34 is more urgent").isEqualTo(34);
        cpu.save();
        assertThat(machine.core(0).readPhysical(GICV + 0xc, 4))
                .as("nothing for others")
                .isEqualTo(SPURIOUS);
        cpu.load(gic);
        assertThat(acknowledge()).as("33 may not preempt 34").isEqualTo(SPURIOUS);
        distributor.setLine(34, false);
        end(34);
        assertThat(acknowledge()).isEqualTo(33);
    }

    @Test
    void anInterruptThatComesAgainBeforeItsEndWasNoticedLeavesNoListRegisterBehindThatAsksForMaintenance() {
        write(0x104, 4, 6);
        write(0x821, 1, 1);
        write(0x822, 1, 1);
        distributor.setLine(33, true);
        distributor.setLine(34, true);
        assertThat(acknowledge()).isEqualTo(33);
        distributor.setLine(33, false);
        end(33);
        assertThat(acknowledge()).isEqualTo(34);
        distributor.setLine(34, false);
        machine.core(0).writePhysical(GICV + 0x10, 4, 34);
        distributor.setLine(34, true);
        maintain();
        assertThat(acknowledge()).isEqualTo(34);
    }

    @Test
    void aLevelThatDropsBeforeTheGuestLooksIsGone() {
        write(0x104, 4, 2);
        write(0x821, 1, 1);
        distributor.setLine(33, true);
        assertThat(read(0x204, 4)).as("GICD_ISPENDR1").isEqualTo(2);
        distributor.setLine(33, false);
        assertThat(read(0x204, 4)).isZero();
        assertThat(acknowledge()).isEqualTo(SPURIOUS);
    }

    @Test
    void registersReadBackWhatTheArchitectureSays() {
        assertThat(read(0x000, 4)).isEqualTo(1);
        assertThat(read(0x004, 4)).as("GICD_TYPER: 96 interrupts, 1 CPU").isEqualTo(2);
        assertThat(read(0xfe8, 4) >> 4 & 15).as("architecture version").isEqualTo(2);
        assertThat(read(0x100, 4)).as("SGIs are always enabled").isEqualTo(0xffff);
        write(0x180, 4, 0xffff_ffffL);
        assertThat(read(0x100, 4)).isEqualTo(0xffff);
        write(0x420, 4, 0xffff_ffffL);
        assertThat(read(0x420, 4)).as("five bits of priority").isEqualTo(0xf8f8_f8f8L);
        assertThat(read(0xc00, 4)).as("SGIs are edges").isEqualTo(0xaaaa_aaaaL);
    }

    /** Rust-Shyper's defect 10: whether an interrupt is one is looked up with its number & 32. */
    @Test
    void everySharedInterruptIsEnabledByABitOfItsOwn() {
        for (int id = 32; id < 96; id++) {
            write(0x100 + id / 32 * 4, 4, 1L << id % 32);
            for (int word = 1; word < 3; word++) {
                assertThat(read(0x100 + word * 4, 4))
                        .as("interrupt %d, word %d", id, word)
                        .isEqualTo(id / 32 == word ? 1L << id % 32 : 0);
            }
            write(0x180 + id / 32 * 4, 4, 1L << id % 32);
        }
    }

    @Test
    void randomAccessesAnywhereNeverThrow() {
        Random random = new Random(7);
        int[] sizes = {1, 2, 4, 8};
        for (int i = 0; i < 200_000; i++) {
            int size = sizes[random.nextInt(4)];
            int offset = random.nextInt(0x1000) & -size;
            if (random.nextBoolean()) {
                write(offset, size, random.nextLong());
            } else {
                long value = read(offset, size);
                assertThat(size == 8 ? 0 : value >>> size * 8).isZero();
            }
            if (i % 64 == 0) {
                int id = acknowledge();
                if (id != SPURIOUS) {
                    end(id);
                }
            }
        }
    }
}
