package org.shyperlab.emulator.core.riscv64;

import org.shyperlab.emulator.core.CoreEnvironment;
import org.shyperlab.emulator.memory.PhysicalMemory;

/**
 * Which pages of RAM hold code that some hart may have translated, and which some hart may write without asking: never both. A store to
 * a page of code asks the walker first, and then the page's translated code is dropped in every hart; so code is coherent between harts
 * and with writes by devices, whatever the guest does with fence.i.
 *
 * <p>One for all harts of a machine.
 */
public final class CodePages {
    private static final int PAGE_BITS = 12;

    private final CoreEnvironment machine;
    private PhysicalMemory[] ram = {};
    private byte[][] uses = {};

    private static final byte CODE = 1;
    private static final byte WRITABLE = 2;

    /** No page is in use yet. */
    public CodePages(CoreEnvironment machine) {
        this.machine = machine;
    }

    /** All RAM has been added to the bus. */
    void connect() {
        if (ram.length != 0) {
            return;
        }
        ram = machine.bus().ram().toArray(PhysicalMemory[]::new);
        uses = new byte[ram.length][];
        for (int i = 0; i < ram.length; i++) {
            uses[i] = new byte[(int) (ram[i].size() >>> PAGE_BITS)];
        }
    }

    /**
     * A hart is about to put a translation into its TLB.
     *
     * @param permissions what the tables allow, out of {@link Access.Permission}
     * @return the part of them that the TLB may hold; the rest asks again
     */
    int grant(long physical, Access access, int permissions) {
        for (int i = 0; i < ram.length; i++) {
            long page = physical - ram[i].base() >>> PAGE_BITS;
            if (physical >= ram[i].base() && page < uses[i].length) {
                return grant(uses[i], (int) page, physical, access, permissions);
            }
        }
        // A device: nothing is fetched from there.
        return permissions & ~Access.Permission.EXECUTE;
    }

    private int grant(byte[] use, int page, long physical, Access access, int permissions) {
        if (access == Access.FETCH) {
            if (use[page] == WRITABLE) {
                machine.flushTranslations();
            }
            use[page] = CODE;
            return permissions & ~Access.Permission.WRITE;
        }
        int data = permissions & ~Access.Permission.EXECUTE;
        if ((data & Access.Permission.WRITE) == 0) {
            return data;
        }
        if (use[page] == CODE) {
            if (access != Access.STORE) {
                return data & ~Access.Permission.WRITE;
            }
            machine.dropCode(physical & -1L << PAGE_BITS, 1 << PAGE_BITS);
            machine.flushTranslations();
        }
        use[page] = WRITABLE;
        return data;
    }

    /** Whether any of these bytes may have been translated. */
    boolean holdCode(long address, long length) {
        for (int i = 0; i < ram.length; i++) {
            if (ram[i].contains(address, 1)) {
                int first = (int) (address - ram[i].base() >>> PAGE_BITS);
                int last = (int) Math.min(uses[i].length - 1, address + length - 1 - ram[i].base() >>> PAGE_BITS);
                for (int page = first; page <= last; page++) {
                    if (uses[i][page] == CODE) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
