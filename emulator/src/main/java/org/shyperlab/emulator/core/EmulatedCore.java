package org.shyperlab.emulator.core;

import org.shyperlab.emulator.firmware.PowerState;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.memory.PhysicalMemory;

/** A core as its machine drives it, whatever its architecture. */
public interface EmulatedCore extends Core, AutoCloseable {
    /** Maps a RAM block. Before the first run. */
    void mapRam(PhysicalMemory block);

    /**
     * Maps the bus's windows and makes maintenance instructions reach the other cores. Before the first run.
     *
     * @param windows windows that cover every physical address that is not RAM
     * @param broadcast whether other cores or a second stage of translation make TLB maintenance more than local
     */
    void connect(AddressSpace.Window[] windows, boolean broadcast);

    /** Whether the core is powered, as firmware tells it. */
    PowerState powerState();

    /** Starts the core in the guest's level: a native guest at {@code entry} with its first argument register set. */
    void powerOn(long entry, long argument);

    /** Starts the core at the hypervisor's level: the monitor is called first. */
    void powerOnAtMonitor();

    /** Powers the core down after the current instruction. */
    void powerOff();

    /** The core sleeps until an interrupt is pending. */
    void suspend();

    /** The cycle at which the core has something to do: now when it runs, its next event when it sleeps, Long.MAX_VALUE for never. */
    long readyAt();

    /** Moves a core that lags behind to {@code cycles}: it was off or asleep meanwhile. */
    void catchUp(long cycles);

    /** Runs until virtual time {@code end}, until the core sleeps, or until the machine stops. */
    void runUntil(long end);

    /** Another core has got work of this one: the turn is over. */
    void endTurn();

    /** Something changed that the running core must look at before its next block. */
    void attention();

    /** Drops all address translations of the guest. */
    void flushTranslations();

    /** Drops the guest's translation of one page. */
    void flushTranslation(long virtualAddress);

    /** Stage-2 tables were changed: drops all translations and what was learned from the tables. */
    void stage2Changed();

    /** Drops code translated from {@code length} bytes of RAM at a physical address. */
    void dropCode(long physicalAddress, long length);

    @Override
    void close();
}
