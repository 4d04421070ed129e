package org.shyperlab.emulator.engine;

/**
 * What an engine calls while it runs guest code. Everything arrives on the machine's thread. What a method throws does not unwind
 * through native code: the engine keeps it, stops at the next block and throws it from {@link A64Engine#run}.
 */
public interface EngineClient {
    /** Virtual time has reached the limit, at a block boundary. The block at the program counter has not run. */
    void limitReached();

    /**
     * The guest took an exception to EL2, or a fetch abort to EL1 that it has not entered yet ({@link A64Engine#targetLevel} tells). The
     * program counter is the exception's preferred return address.
     */
    void exception();

    /** A load of {@code size} bytes (1, 2, 4, 8) from device window {@code window}, which {@link A64Engine#mapDevice} numbered. */
    long deviceRead(int window, long offset, int size);

    /** A store to a device window. */
    void deviceWrite(int window, long offset, int size, long value);

    /** The guest read system register {@code register}, which {@link A64Engine#intercept} numbered. */
    long registerRead(int register);

    /** The guest wrote an intercepted system register or issued an intercepted system instruction. */
    void registerWrite(int register, long value);
}
