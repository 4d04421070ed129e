package org.shyperlab.emulator.machine;

import org.shyperlab.emulator.core.riscv64.CodePages;
import org.shyperlab.emulator.core.riscv64.EmulatedRv64Core;
import org.shyperlab.emulator.core.riscv64.HartInterruptFiles;
import org.shyperlab.emulator.core.riscv64.HartInterruptInputs;
import org.shyperlab.emulator.core.riscv64.Rv64Core;
import org.shyperlab.emulator.engine.Engine;
import org.shyperlab.emulator.firmware.Sbi;
import org.shyperlab.emulator.firmware.SbiHarts;
import org.shyperlab.emulator.time.CounterScale;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.emulator.trace.Trace;

/** A machine of RV64 harts with the hypervisor extension, and SBI firmware. */
public final class Rv64Machine extends Machine {
    private final EmulatedRv64Core[] harts;
    private FirmwareConsole console = character -> {};

    /** Where the firmware's console goes (SBI debug console and legacy console). */
    @FunctionalInterface
    public interface FirmwareConsole {
        /** Writes a byte. */
        void write(int character);

        /** Reads a byte, or -1 when there is none. */
        default int read() {
            return -1;
        }
    }

    /** Harts in reset, without RAM and devices. */
    public Rv64Machine(MachineSpec spec, GuestErrors errors, Trace trace) {
        this(spec, errors, trace, Engine.Hooks.NATIVE);
    }

    /** As the other, with the engine's hooks in machine code or in Java (identical results, slower). */
    Rv64Machine(MachineSpec spec, GuestErrors errors, Trace trace, Engine.Hooks hooks) {
        super(spec, errors, trace);
        CounterScale scale = CounterScale.of(spec.coreHertz(), spec.counterHertz());
        CodePages codePages = new CodePages(environment());
        Sbi firmware = new Sbi(environment().power(), new Harts(), bus());
        harts = new EmulatedRv64Core[spec.cores()];
        for (int i = 0; i < harts.length; i++) {
            harts[i] = new EmulatedRv64Core(i, environment(), scale, codePages, firmware, PHYSICAL_ADDRESSES, hooks);
        }
        cores(harts);
    }

    /** A hart, as software at HS sees it. */
    public Rv64Core core(int index) {
        return harts[index];
    }

    /** The interrupt pins of a hart, for the board's interrupt controllers to drive. */
    public HartInterruptInputs interruptInputs(int hart) {
        return harts[hart].pins();
    }

    /** Gives a hart its interrupt files (IMSIC); with them it has the CSRs of the AIA. */
    public void connect(int hart, HartInterruptFiles files) {
        harts[hart].connect(files);
    }

    /** Where the firmware's console goes; nowhere by default. */
    public void firmwareConsole(FirmwareConsole newConsole) {
        console = newConsole;
    }

    private final class Harts implements SbiHarts {
        @Override
        public boolean hasHypervisorExtension() {
            return environment().monitor() != null;
        }

        @Override
        public void timer(int hart, long ticks) {
            harts[hart].timer(ticks);
        }

        @Override
        public void softwareInterrupt(int hart) {
            harts[hart].pins().raiseSupervisorSoftware();
        }

        @Override
        public void flushTranslations() {
            environment().stage2Changed();
        }

        @Override
        public void write(int character) {
            console.write(character);
        }

        @Override
        public int read() {
            return console.read();
        }
    }
}
