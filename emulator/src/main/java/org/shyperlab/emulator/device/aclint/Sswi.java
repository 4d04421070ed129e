package org.shyperlab.emulator.device.aclint;

import static org.shyperlab.emulator.device.Register.writeActs;

import org.shyperlab.emulator.core.riscv64.HartInterruptInputs;
import org.shyperlab.emulator.device.MappedDevice;
import org.shyperlab.emulator.device.RegisterMap;
import org.shyperlab.emulator.trace.GuestErrors;

/** The SSWI device of an ACLINT 1.0: a write of one sets a hart's mip.SSIP, which the hart clears; reads give zero. */
public final class Sswi implements MappedDevice {
    private static final int WINDOW = 0x4000;

    private final String name;
    private final RegisterMap registers;

    /**
     * An SSWI; it has no state of its own.
     *
     * @param name the instance's name
     * @param harts the harts' pins, by hart index
     * @param errors where software's mistakes are reported
     */
    public Sswi(String name, HartInterruptInputs[] harts, GuestErrors errors) {
        HartInterruptInputs[] pins = harts.clone();
        this.name = name;
        this.registers = RegisterMap.of(name, WINDOW, errors)
                .add(writeActs(0, "setssip", (core, hart) -> 0, (core, hart, value) -> {
                            if (value != 0) {
                                pins[hart].raiseSupervisorSoftware();
                            }
                        })
                        .times(harts.length)
                        .field("SETSSIP", 0, 0))
                .build();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public RegisterMap registers() {
        return registers;
    }

    @Override
    public void reset() {
        // The pending bits are the harts'.
    }
}
