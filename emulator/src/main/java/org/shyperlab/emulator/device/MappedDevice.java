package org.shyperlab.emulator.device;

/** A device whose whole window is one {@link RegisterMap}, which listings can show. */
public interface MappedDevice extends Device {
    /** The table of its registers. */
    RegisterMap registers();

    @Override
    default long size() {
        return registers().size();
    }

    @Override
    default long read(int core, long offset, int size) {
        return registers().read(core, offset, size);
    }

    @Override
    default void write(int core, long offset, int size, long value) {
        registers().write(core, offset, size, value);
    }
}
