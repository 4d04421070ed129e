package org.shyperlab.emulator.core;

import org.shyperlab.emulator.time.VirtualClock;

/**
 * One physical core as software at the hypervisor's level sees it. Only the machine's thread may use it, and only while the core is
 * stopped: inside {@link Monitor} calls or between slices.
 */
public interface Core extends VirtualClock {
    /** Position in the machine, from 0. */
    int index();

    /** General register {@code n} (0..30); 31 reads as zero. */
    long x(int n);

    /** Sets general register {@code n} (0..30); a write to 31 is lost. */
    void x(int n, long value);

    /** Where the guest continues. */
    long pc();

    /** Sets where the guest continues. */
    void pc(long address);

    /** Instructions that this core has executed since power-on, exactly. */
    long instructions();

    /** Charges {@code cycles} of virtual time for work that executed no guest instruction. */
    void charge(long cycles);

    /** Reads physical memory or a device as this core: {@code size} is 1, 2, 4 or 8 bytes. */
    long readPhysical(long address, int size);

    /** Writes physical memory or a device as this core. */
    void writePhysical(long address, int size, long value);

    /**
     * The core sleeps (WFI at the hypervisor's level) after the current {@link Monitor} call until a physical interrupt is asserted;
     * then {@link Monitor#interrupt} is called.
     */
    void idle();

    /** Whether {@link #idle} was called and no interrupt has come since. */
    boolean isIdle();

    /**
     * Labels what the core runs from now on, for traces and counters (like a context id on a trace port). {@code vm} and {@code vcpu}
     * are -1 while the core runs no guest.
     */
    void label(int vm, int vcpu);
}
