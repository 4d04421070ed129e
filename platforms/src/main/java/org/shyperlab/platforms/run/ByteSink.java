package org.shyperlab.platforms.run;

/** Takes what a guest prints, byte by byte. */
@FunctionalInterface
interface ByteSink {
    /** Takes one byte. */
    void put(byte value);
}
