package org.shyperlab.emulator.device.aia;

import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.MappedDevice;
import org.shyperlab.emulator.device.RegisterMap;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * An APLIC (AIA chapter 4) with two interrupt domains: the root at machine level, and its one child at supervisor level. Both can
 * deliver directly or by messages.
 *
 * <p>On harts with IMSICs, direct delivery reaches nobody: their interrupt files do not take it (eidelivery 0x40000000), so the board
 * connects the pins to nothing there.
 */
public final class Aplic {
    /** Size of a domain's control region. */
    public static final int WINDOW = 0x8000;

    private static final int MAX_SOURCES = 1023;
    private static final int MAX_HARTS = 512;

    private final int[] wires;
    private final AplicDomain root;
    private final InterruptLine[] inputs;
    private final MappedDevice machineDomain;
    private final MappedDevice supervisorDomain;

    /**
     * What an APLIC is built for.
     *
     * @param sources number of sources, 1 to 1023; they have the numbers from 1 on
     * @param priorityBits bits of a priority number for direct delivery, 1 to 8
     * @param identityBits bits of an interrupt identity in messages, 1 to 11
     */
    public record Parameters(int sources, int priorityBits, int identityBits) {
        /** Checks the ranges. */
        public Parameters {
            if (sources < 1 || sources > MAX_SOURCES) {
                throw new IllegalArgumentException("an APLIC has 1 to 1023 sources, not " + sources);
            }
            if (priorityBits < 1 || priorityBits > 8) {
                throw new IllegalArgumentException("an APLIC's priority number has 1 to 8 bits, not " + priorityBits);
            }
            if (identityBits < 1 || identityBits > 11) {
                throw new IllegalArgumentException("an interrupt identity has 1 to 11 bits, not " + identityBits);
            }
        }
    }

    private record Domain(String name, AplicDomain domain, RegisterMap registers) implements MappedDevice {
        @Override
        public void reset() {
            domain.reset();
        }
    }

    /**
     * An APLIC in its reset state.
     *
     * @param name instance name; the domains are called name-m and name-s
     * @param machinePins for direct delivery: each hart's machine external interrupt, by hart index
     * @param supervisorPins for direct delivery: each hart's supervisor external interrupt
     * @param bus takes the messages
     * @param errors where software's mistakes are reported
     */
    public Aplic(
            String name,
            Parameters parameters,
            InterruptLine[] machinePins,
            InterruptLine[] supervisorPins,
            MsiBus bus,
            GuestErrors errors) {
        if (machinePins.length < 1 || machinePins.length > MAX_HARTS || supervisorPins.length != machinePins.length) {
            throw new IllegalArgumentException(name + ": both domains serve the same 1 to 512 harts");
        }
        wires = new int[parameters.sources() / 32 + 1];
        MsiSender sender = new MsiSender(name, bus, errors);
        MsiAddresses addresses = new MsiAddresses();
        root = new AplicDomain(parameters, wires, sender, addresses, null, machinePins);
        AplicDomain child = new AplicDomain(parameters, wires, sender, addresses, root, supervisorPins);
        machineDomain = new Domain(name + "-m", root, AplicRegisters.of(name + "-m", root, parameters, errors));
        supervisorDomain = new Domain(name + "-s", child, AplicRegisters.of(name + "-s", child, parameters, errors));
        inputs = new InterruptLine[parameters.sources() + 1];
        inputs[0] = InterruptLine.UNCONNECTED;
        for (int n = 1; n < inputs.length; n++) {
            int source = n;
            inputs[n] = high -> drive(source, high);
        }
    }

    private void drive(int source, boolean high) {
        int word = source >>> 5;
        int bit = 1 << source;
        if ((wires[word] & bit) != 0 != high) {
            wires[word] ^= bit;
            root.wireChanged(source);
        }
    }

    /** The root domain's control region. Its reset also ends all delegation. */
    public MappedDevice machineDomain() {
        return machineDomain;
    }

    /** The supervisor-level domain's control region. */
    public MappedDevice supervisorDomain() {
        return supervisorDomain;
    }

    /** Input wire of a source, from 1. */
    public InterruptLine source(int number) {
        if (number < 1 || number >= inputs.length) {
            throw new IllegalArgumentException(
                    "APLIC sources are numbered from 1 to " + (inputs.length - 1) + ", not " + number);
        }
        return inputs[number];
    }
}
