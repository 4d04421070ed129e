package org.shyperlab.platforms.board;

import java.util.Map;

/**
 * One device of a board.
 *
 * @param name name in messages and traces
 * @param type what it is
 * @param base first physical address
 * @param interrupt its first interrupt, as device trees number them: on AArch64 an SPI (INTID - 32), on RISC-V a source from 1
 * @param settings the numbers that only this type has, by key
 */
public record BoardDevice(String name, DeviceType type, long base, int interrupt, Map<String, Long> settings) {
    /** Size of the register window in bytes. */
    public long size() {
        return type.size(this);
    }

    /** How many consecutive interrupts it uses; without any, the number of the first means nothing. */
    public int interrupts() {
        return type.interrupts(this);
    }

    /** A number that only this type has ({@link DeviceType#settings}); the board reader made sure that it is there. */
    public long setting(String key) {
        Long value = settings.get(key);
        if (value == null) {
            throw new IllegalArgumentException(name + " has no setting " + key);
        }
        return value;
    }
}
