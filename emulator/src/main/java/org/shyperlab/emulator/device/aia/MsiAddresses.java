package org.shyperlab.emulator.device.aia;

/**
 * Where the messages of an APLIC go: the address configuration registers of the root domain, and the addresses they yield (AIA 4.5.3,
 * 4.5.4, 4.9.1). Once locked, none of the registers changes until reset.
 */
final class MsiAddresses {
    private static final int LOCK = 1 << 31;
    private static final int PAGE_SHIFT = 12;

    private int machineLow;
    private int machineHigh;
    private int supervisorLow;
    private int supervisorHigh;

    void reset() {
        machineLow = 0;
        machineHigh = 0;
        supervisorLow = 0;
        supervisorHigh = 0;
    }

    private boolean isLocked() {
        return (machineHigh & LOCK) != 0;
    }

    int machineLow() {
        return machineLow;
    }

    int machineHigh() {
        return machineHigh;
    }

    int supervisorLow() {
        return supervisorLow;
    }

    int supervisorHigh() {
        return supervisorHigh;
    }

    void machineLow(int value) {
        machineLow = isLocked() ? machineLow : value;
    }

    void machineHigh(int value) {
        machineHigh = isLocked() ? machineHigh : value;
    }

    void supervisorLow(int value) {
        supervisorLow = isLocked() ? supervisorLow : value;
    }

    void supervisorHigh(int value) {
        supervisorHigh = isLocked() ? supervisorHigh : value;
    }

    /** Physical address of a hart's machine-level interrupt file. */
    long machine(int hart) {
        return address(base(machineLow, machineHigh), hart, machineHigh >>> 20 & 7);
    }

    /** Physical address of a hart's supervisor-level file ({@code guest} 0) or of one of its guest files. */
    long supervisor(int hart, int guest) {
        return address(base(supervisorLow, supervisorHigh), hart, supervisorHigh >>> 20 & 7)
                | (long) guest << PAGE_SHIFT;
    }

    private static long base(int low, int high) {
        return low & 0xffff_ffffL | (high & 0xfffL) << 32;
    }

    /** The hart index is split in two groups of bits, each placed by a shift; widths are the machine level's for both levels. */
    private long address(long basePage, int hart, int lowShift) {
        int highShift = machineHigh >>> 24 & 0x1f;
        int highWidth = machineHigh >>> 16 & 7;
        int lowWidth = machineHigh >>> 12 & 0xf;
        long highIndex = hart >>> lowWidth & (1L << highWidth) - 1;
        long lowIndex = hart & (1L << lowWidth) - 1;
        return (basePage | highIndex << highShift + PAGE_SHIFT | lowIndex << lowShift) << PAGE_SHIFT;
    }
}
