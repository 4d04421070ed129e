package org.shyperlab.emulator.core.aarch64;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.engine.A64Engine;
import org.shyperlab.emulator.engine.A64Registers;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.memory.PhysicalMemory;

/**
 * Reads the guest's current instruction. Remembers the pages it went through like a small TLB, under the same rules: what was found
 * holds for the same translation registers until the next TLB maintenance instruction.
 */
final class InstructionFetch {
    private static final int ENTRIES = 16;
    private static final int PAGE_BITS = 12;
    private static final long OFFSET = (1 << PAGE_BITS) - 1;

    private final A64Engine engine;
    private final A64Registers registers;
    private final AddressSpace bus;
    private final long[] pages = new long[ENTRIES];
    private final @Nullable PhysicalMemory[] blocks = new PhysicalMemory[ENTRIES];
    private final long[] physical = new long[ENTRIES];
    private long control;
    private long translation;
    private long lower;
    private long upper;

    InstructionFetch(A64Engine engine, AddressSpace bus) {
        this.engine = engine;
        this.registers = engine.registers();
        this.bus = bus;
        forget();
    }

    /** Translations have changed. */
    void forget() {
        Arrays.fill(pages, -1);
    }

    /** The instruction at a virtual address, or 0 (UDF) when it cannot be read from RAM. */
    int at(long address) {
        long page = address >>> PAGE_BITS;
        int slot = (int) page & ENTRIES - 1;
        if (sameRegisters() && pages[slot] == page) {
            return read(slot, address);
        }
        pages[slot] = page;
        physical[slot] = engine.translate(address & ~OFFSET);
        blocks[slot] = physical[slot] < 0 ? null : bus.ramAt(physical[slot], OFFSET + 1);
        return read(slot, address);
    }

    private int read(int slot, long address) {
        PhysicalMemory block = blocks[slot];
        return block == null ? 0 : (int) block.read(physical[slot] + (address & OFFSET), 4);
    }

    private boolean sameRegisters() {
        long newControl = registers.get(SysReg.SCTLR_EL1);
        long newTranslation = registers.get(SysReg.TCR_EL1);
        long newLower = registers.get(SysReg.TTBR0_EL1);
        long newUpper = registers.get(SysReg.TTBR1_EL1);
        if (newControl == control && newTranslation == translation && newLower == lower && newUpper == upper) {
            return true;
        }
        control = newControl;
        translation = newTranslation;
        lower = newLower;
        upper = newUpper;
        forget();
        return false;
    }
}
