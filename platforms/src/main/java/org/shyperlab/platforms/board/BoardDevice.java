package org.shyperlab.platforms.board;

import java.util.Map;

/**
 * One device of a board.
 *
 * @param name name in messages and traces
 * @param type what it is
 * @param base first physical address
 * @param interrupt its first SPI, as device trees number them (INTID - 32)
 * @param settings the numbers that only this type has, by key
 */
public record BoardDevice(String name, DeviceType type, long base, int interrupt, Map<String, Long> settings) {
    /** Size of the register window in bytes. */
    public long size() {
        return type.size(this);
    }

    /** How many consecutive SPIs it uses. */
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
