package org.shyperlab.emulator.device.power;

import static org.shyperlab.emulator.device.Register.writeActs;

import org.shyperlab.emulator.device.MappedDevice;
import org.shyperlab.emulator.device.RegisterMap;
import org.shyperlab.emulator.trace.GuestErrors;

/** SiFive's test finisher: one register whose low half says how the run ends. Linux drives it as a syscon that powers off and resets. */
public final class TestFinisher implements MappedDevice {
    private static final int FAIL = 0x3333;
    /** Written to switch the machine off. */
    public static final int PASS = 0x5555;
    /** Written to reset the machine. */
    public static final int RESET = 0x7777;

    private final String name;
    private final PowerRequests power;
    private final GuestErrors errors;
    private final RegisterMap registers;

    /**
     * A finisher; it has no state.
     *
     * @param name the instance's name
     * @param power does what is asked for
     * @param errors where software's mistakes are reported
     */
    public TestFinisher(String name, PowerRequests power, GuestErrors errors) {
        this.name = name;
        this.power = power;
        this.errors = errors;
        this.registers = RegisterMap.of(name, 0x1000, errors)
                .add(writeActs(0, "finisher", (core, n) -> 0, (core, n, value) -> finish(core, value))
                        .sizes(2 | 4))
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
        // There is no state.
    }

    private void finish(int core, int value) {
        switch (value & 0xffff) {
            case FAIL -> power.fail(value >>> 16);
            case PASS -> power.powerOff();
            case RESET -> power.reset();
            default ->
                errors.report(
                        core,
                        name,
                        "write of 0x%x, which is none of 0x3333 (fail), 0x5555 (pass), 0x7777 (reset)",
                        value);
        }
    }
}
