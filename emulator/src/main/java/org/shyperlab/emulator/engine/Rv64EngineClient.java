package org.shyperlab.emulator.engine;

/**
 * What an RV64 engine calls in addition. An {@link EngineClient#exception} is one that the guest does not take by itself: the program
 * counter is at the instruction, {@link Rv64Engine#cause} tells which, and its time is not yet accounted ({@link Rv64Engine#account}).
 * {@link EngineClient#registerRead} and {@link EngineClient#registerWrite} come for the CSRs that {@link Rv64Engine#intercept} listed.
 */
public interface Rv64EngineClient extends EngineClient {
    /**
     * The core has no translation of a page.
     *
     * @param page virtual address, 4 KiB aligned
     * @param access {@link Rv64Engine#LOAD}, {@link Rv64Engine#STORE} or {@link Rv64Engine#FETCH}
     * @return physical address of the page with the permissions (1 read, 2 write, 4 execute) in its low bits, or 0 to refuse: then
     *     {@link Rv64Engine#run} comes back with {@link Rv64Engine#REFUSED}
     */
    long translate(long page, int access);

    /** The instructions in the {@code size} bytes of code at a virtual address that the core is about to run or has just run. */
    int instructionsIn(long address, int size);
}
