package org.shyperlab.emulator.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.shyperlab.emulator.core.CostTable;
import org.shyperlab.emulator.core.InterruptInputs;
import org.shyperlab.emulator.device.gic.GicV2;
import org.shyperlab.emulator.device.gpio.Pl061;
import org.shyperlab.emulator.device.rtc.Pl031;
import org.shyperlab.emulator.device.storage.MemoryStore;
import org.shyperlab.emulator.device.uart.Pl011;
import org.shyperlab.emulator.device.virtio.VirtioBlock;
import org.shyperlab.emulator.device.virtio.VirtioEntropy;
import org.shyperlab.emulator.device.virtio.VirtioSlots;
import org.shyperlab.emulator.engine.Engine;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.emulator.trace.Trace;

/** A whole board like QEMU's virt, natively booted, for code that knows no manners. */
final class HostileMachine implements AutoCloseable {
    final A64Machine machine;
    final StringBuilder console = new StringBuilder();
    long errors;

    HostileMachine(int cores, Engine.Hooks hooks) {
        GuestErrors log = (core, source, format, arguments) -> errors++;
        machine = new A64Machine(
                new MachineSpec("hostile", cores, 1_000_000_000L, 62_500_000L, 5_000, CostTable.FREE),
                log,
                new Trace(),
                hooks);
        machine.addRam("ram", 0x4000_0000L, 16 << 20);
        List<InterruptInputs> pins = new ArrayList<>();
        for (int i = 0; i < cores; i++) {
            pins.add(machine.interruptInputs(i));
        }
        GicV2 gic = new GicV2("gic", 256, pins.toArray(InterruptInputs[]::new), log);
        machine.bus().attach(gic.distributor(), 0x0800_0000L);
        machine.bus().attach(gic.cpuInterface(), 0x0801_0000L);
        machine.bus().attach(gic.virtualControl(), 0x0803_0000L);
        machine.bus().attach(gic.virtualCpuInterface(), 0x0804_0000L);
        for (int i = 0; i < cores; i++) {
            machine.wireTimers(i, gic.ppi(i, 30), gic.ppi(i, 27), gic.ppi(i, 26));
        }
        machine.bus().attach(new Pl011("uart", value -> console.append((char) value), gic.spi(1), log), 0x0900_0000L);
        machine.bus().attach(new Pl031("rtc", 0, machine.alarms(), gic.spi(2), log), 0x0901_0000L);
        machine.bus().attach(new Pl061("gpio", gic.spi(7), log), 0x0903_0000L);
        VirtioSlots virtio = new VirtioSlots(
                "virtio", 0x200, IntStream.range(16, 48).mapToObj(gic::spi).toList(), machine.bus(), log);
        virtio.plug(0, new VirtioBlock("disk0", "hostile", new MemoryStore(1 << 20)));
        virtio.plug(1, new VirtioEntropy("rng0", 1));
        machine.bus().attach(virtio, 0x0a00_0000L);
    }

    /** Runs a program natively until a virtual time. */
    StopReason run(byte[] image, long cycles) {
        machine.bus().writeRam(HostileCode.BASE, image);
        machine.bootNatively(HostileCode.BASE, 0);
        return machine.run(cycles);
    }

    @Override
    public void close() {
        machine.close();
    }
}
