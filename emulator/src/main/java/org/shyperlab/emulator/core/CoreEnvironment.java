package org.shyperlab.emulator.core;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.firmware.PowerControl;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.time.AlarmQueue;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.emulator.trace.Trace;

/** What a core needs of the machine around it. Implemented by the machine. */
public interface CoreEnvironment {
    /** The system bus. */
    AddressSpace bus();

    /** The devices' alarms. */
    AlarmQueue alarms();

    /** Where traps are recorded. */
    Trace trace();

    /** Where guests' errors are reported. */
    GuestErrors errors();

    /** Prices of events. */
    CostTable costs();

    /** The software at the hypervisor's level, or null when the machine runs natively. */
    @Nullable
    Monitor monitor();

    /** The machine's power switches, for firmware. */
    PowerControl power();

    /** Whether the run is to end as soon as possible. */
    boolean isStopping();

    /**
     * An interrupt is raised at core {@code core}: when another core did it, that one's turn ends.
     *
     * @return the time at which it is raised: when the device's alarm was due that does it, or that of the core that does it, or of the
     *     machine; 0 when the core raises its own
     */
    long interruptRaised(int core);

    /** A native guest did what no handler exists for. */
    void guestFailed(int core, String what);

    /** Drops the guest translations of every core. */
    void flushTranslations();

    /** Stage-2 tables were changed: drops all translations and what was learned from the tables, in every core. */
    void stage2Changed();

    /** Drops the guest translation of one page in every core. */
    void flushTranslation(long virtualAddress);

    /** Drops code translated from {@code length} bytes of RAM at a physical address, in every core. */
    void dropCode(long physicalAddress, long length);

    /** Drops all translated code in every core. */
    void dropAllCode();

    /**
     * The address of eight bytes with the last value of the system counter that a core running this guest has read, so that the counter
     * never goes back between them.
     *
     * @param vmid 0 to 255, or -1 natively
     */
    long counterFloor(int vmid);
}
