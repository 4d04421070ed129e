package org.shyperlab.platforms.board;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.riscv64.HartInterruptFiles;
import org.shyperlab.emulator.core.riscv64.HartInterruptInputs;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.aclint.Clint;
import org.shyperlab.emulator.device.aia.Aplic;
import org.shyperlab.emulator.device.aia.Imsic;
import org.shyperlab.emulator.device.plic.Plic;
import org.shyperlab.emulator.machine.Rv64Machine;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.time.Alarms;
import org.shyperlab.emulator.time.CounterScale;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * The interrupt controllers of a RISC-V machine: built from the board's description, on the bus, wired to the harts, and set up as
 * firmware leaves them to supervisor mode. {@link Platform} has them; benches build their own, to see what happens at their registers.
 */
public final class RiscvInterrupts {
    private static final int DELEGATED = 1 << 10;

    private final Interrupts described;
    private final AddressSpace bus;
    private final HartInterruptInputs[] harts;
    private final GuestErrors errors;
    private final UnaryOperator<Device> probe;
    private final IntFunction<InterruptLine> sources;
    private final @Nullable Imsic imsic;

    /**
     * Builds the controllers and attaches them to the bus.
     *
     * @param interrupts what the board says of them
     * @param harts the harts' pins, by hart index
     * @param scale of the time CSR
     * @param probe what is put between the bus and each register window; the identity for nothing
     */
    RiscvInterrupts(
            Interrupts interrupts,
            HartInterruptInputs[] harts,
            AddressSpace bus,
            CounterScale scale,
            Alarms alarms,
            GuestErrors errors,
            UnaryOperator<Device> probe) {
        described = interrupts;
        this.bus = bus;
        this.probe = probe;
        this.harts = harts.clone();
        this.errors = errors;
        switch (interrupts) {
            case Interrupts.Plic plic -> {
                clint(plic.clint(), scale, alarms);
                sources = plic(plic)::source;
                imsic = null;
            }
            case Interrupts.Aia aia -> {
                clint(aia.clint(), scale, alarms);
                imsic = imsic(aia.imsic());
                sources = aplic(aia)::source;
            }
            case Interrupts.Arm arm ->
                throw new IllegalArgumentException(arm.gic().name() + " is no RISC-V interrupt controller");
        }
        initialise();
    }

    /**
     * What machine-mode firmware does before supervisor mode starts, and again after a reset: with AIA every source to the child domain,
     * and the files' addresses.
     */
    void initialise() {
        if (described instanceof Interrupts.Aia aia) {
            delegateAll(aia);
        }
    }

    /**
     * The controllers of a machine with so many harts, wired to it.
     *
     * @param probe what is put between the bus and each register window; the identity for nothing
     */
    public static RiscvInterrupts of(
            Board board, Rv64Machine machine, int cores, GuestErrors errors, UnaryOperator<Device> probe) {
        HartInterruptInputs[] harts = new HartInterruptInputs[cores];
        Arrays.setAll(harts, machine::interruptInputs);
        CounterScale scale =
                CounterScale.of(board.cores().hertz(), board.cores().counterHertz());
        RiscvInterrupts built =
                new RiscvInterrupts(board.interrupts(), harts, machine.bus(), scale, machine.alarms(), errors, probe);
        for (int hart = 0; hart < cores; hart++) {
            HartInterruptFiles files = built.files(hart);
            if (files != null) {
                machine.connect(hart, files);
            }
        }
        return built;
    }

    private void clint(Interrupts.Clint clint, CounterScale scale, Alarms alarms) {
        bus.attach(probe.apply(new Clint(clint.name(), harts, scale, alarms, errors)), clint.base());
    }

    private Plic plic(Interrupts.Plic described) {
        List<InterruptLine> contexts = new ArrayList<>();
        for (HartInterruptInputs hart : harts) {
            contexts.add(hart::machineExternal);
            contexts.add(hart::supervisorExternal);
        }
        Plic plic = new Plic(described.name(), described.sources(), described.priorityBits(), contexts, errors);
        bus.attach(probe.apply(plic), described.base());
        return plic;
    }

    private Imsic imsic(Interrupts.Aia.Files files) {
        Imsic built = new Imsic(files.name(), files.identities(), files.guests(), harts, errors);
        bus.attach(probe.apply(built.machineWindow()), files.machine());
        bus.attach(probe.apply(built.supervisorWindow()), files.supervisor());
        return built;
    }

    private Aplic aplic(Interrupts.Aia aia) {
        InterruptLine[] unconnected = new InterruptLine[harts.length];
        Arrays.fill(unconnected, InterruptLine.UNCONNECTED);
        Aplic aplic = new Aplic(
                aia.name(),
                new Aplic.Parameters(
                        aia.sources(), aia.priorityBits(), bitsFor(aia.imsic().identities())),
                unconnected,
                unconnected,
                (address, data) -> bus.write(Device.NO_CORE, address, Integer.BYTES, data),
                errors);
        bus.attach(probe.apply(aplic.machineDomain()), aia.machineDomain());
        bus.attach(probe.apply(aplic.supervisorDomain()), aia.supervisorDomain());
        return aplic;
    }

    private void delegateAll(Interrupts.Aia aia) {
        Interrupts.Aia.Files files = aia.imsic();
        int hartBits = bitsFor(harts.length - 1);
        writeRoot(aia, 0x1bc0, (int) (files.machine() >>> 12));
        writeRoot(aia, 0x1bc4, hartBits << 12 | (int) (files.machine() >>> 44));
        writeRoot(aia, 0x1bc8, (int) (files.supervisor() >>> 12));
        writeRoot(aia, 0x1bcc, Imsic.guestIndexBits(files.guests()) << 20 | (int) (files.supervisor() >>> 44));
        for (int source = 1; source <= aia.sources(); source++) {
            writeRoot(aia, 4 * source, DELEGATED);
        }
    }

    private void writeRoot(Interrupts.Aia aia, int register, int value) {
        bus.write(Device.NO_CORE, aia.machineDomain() + register, Integer.BYTES, value);
    }

    /** How many bits hold the numbers from 0 to {@code highest}. */
    private static int bitsFor(int highest) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(highest);
    }

    /** The input of an interrupt source, as device trees number it. */
    public InterruptLine source(int number) {
        return sources.apply(number);
    }

    /** A hart's interrupt files, for its CSRs; null on a board without IMSICs. */
    @Nullable
    HartInterruptFiles files(int hart) {
        return imsic == null ? null : imsic.hart(hart);
    }
}
