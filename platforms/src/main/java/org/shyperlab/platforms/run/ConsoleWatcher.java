package org.shyperlab.platforms.run;

/** Sees what one VM prints, beside the run's own output. Called on the machine's thread, which must not wait here. */
public interface ConsoleWatcher {
    /** The guest printed a byte. */
    void printed(byte value);

    /** The VM is gone: nothing comes any more. */
    void removed();
}
