package org.shyperlab.emulator.device;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * A device's registers, declared once: the table gives the behaviour, the names in guest-error reports, and the listing for people.
 *
 * <p>One rule for every access, in this order: an offset without a register, a size the register does not allow, a misaligned offset,
 * and the wrong direction read as zero or are ignored, and are reported. A narrow read gives the bytes asked for. A narrow write
 * changes only its bytes ({@link Register.Access#READ_WRITE}) or acts with zeros elsewhere ({@link Register.Access#WRITE_ACTS}).
 * Reserved bits read as zero and ignore writes. A 64-bit access, where a row allows it, is two 32-bit accesses, low half first.
 */
public final class RegisterMap {
    private record Slot(Register register, int index, int readMask, int writeMask) {}

    /** The slots of 4 KiB of the window. */
    private record Page(@Nullable Slot[] slots) {}

    private static final int PAGE_WORDS = 1024;

    private final String device;
    private final GuestErrors errors;
    private final List<Register> registers;
    private final int size;
    /** By page of 4 KiB, then by word; pages without registers are null, so that a wide and sparse window costs little. */
    private final @Nullable Page[] pages;

    private RegisterMap(String device, int size, GuestErrors errors, List<Register> registers) {
        this.device = device;
        this.errors = errors;
        this.registers = List.copyOf(registers);
        this.size = size;
        this.pages = new Page[(size + PAGE_WORDS * 4 - 1) / (PAGE_WORDS * 4)];
        for (Register register : registers) {
            place(register);
        }
    }

    private void place(Register register) {
        for (int n = 0; n < register.count(); n++) {
            int word = register.offset() / 4 + n;
            Page page = pages[word / PAGE_WORDS];
            if (page == null) {
                page = new Page(new Slot[PAGE_WORDS]);
                pages[word / PAGE_WORDS] = page;
            }
            Slot other = page.slots[word % PAGE_WORDS];
            if (other != null) {
                throw new IllegalArgumentException(device + ": " + register.name(n) + " lies on "
                        + other.register().name(other.index()));
            }
            page.slots[word % PAGE_WORDS] = new Slot(register, n, register.readMask(), register.writeMask());
        }
    }

    /** Collects the rows of one device. */
    public static final class Builder {
        private final String device;
        private final int size;
        private final GuestErrors errors;
        private final List<Register> rows = new ArrayList<>();

        private Builder(String device, int size, GuestErrors errors) {
            this.device = device;
            this.size = size;
            this.errors = errors;
        }

        /** Adds a row. */
        public Builder add(Register row) {
            if ((row.offset() & 3) != 0 || row.offset() < 0 || row.count() < 1 || row.end() > size) {
                throw new IllegalArgumentException(device + ": " + row.name() + " does not fit the window");
            }
            rows.add(row);
            return this;
        }

        /** Adds four one-byte identification registers at consecutive words from {@code offset}, low byte of {@code value} first. */
        public Builder identification(int offset, String name, int value, int sizes) {
            for (int n = 0; n < 4; n++) {
                add(Register.constant(offset + 4 * n, name + n, value >>> 8 * n & 0xff)
                        .sizes(sizes));
            }
            return this;
        }

        /** The finished table. Two rows at one offset are a mistake of the caller. */
        public RegisterMap build() {
            return new RegisterMap(device, size, errors, rows);
        }
    }

    /** An empty table for the window of {@code size} bytes of the device called {@code device}. */
    public static Builder of(String device, int size, GuestErrors errors) {
        return new Builder(device, size, errors);
    }

    /** Size of the window in bytes. */
    public int size() {
        return size;
    }

    /** The rows in the order they were declared. */
    public List<Register> registers() {
        return registers;
    }

    /** As {@link Device#read}. */
    public long read(int core, long offset, int size) {
        Slot slot = find(core, offset, size, "read");
        if (slot == null) {
            return 0;
        }
        Register.Access access = slot.register.access();
        if (access == Register.Access.WRITE_ONLY || access == Register.Access.NOT_MODELLED) {
            errors.report(core, device, "read of %s, which is %s", nameOf(slot), kind(access));
            return 0;
        }
        if (size == Long.BYTES) {
            return read(core, offset, 4) | read(core, offset + 4, 4) << 32;
        }
        int value = slot.register.reader().read(Math.max(core, 0), slot.index) & slot.readMask;
        return value >>> lane(offset) & sizeMask(size);
    }

    /** As {@link Device#write}. */
    public void write(int core, long offset, int size, long value) {
        Slot slot = find(core, offset, size, "write");
        if (slot == null) {
            return;
        }
        Register.Access access = slot.register.access();
        if (access == Register.Access.READ_ONLY || access == Register.Access.NOT_MODELLED) {
            errors.report(core, device, "write of 0x%x to %s, which is %s", value, nameOf(slot), kind(access));
            return;
        }
        if (size == Long.BYTES) {
            write(core, offset, 4, value);
            write(core, offset + 4, 4, value >>> 32);
            return;
        }
        int bank = Math.max(core, 0);
        int bits = (int) (value & sizeMask(size)) << lane(offset);
        if (size < 4 && access == Register.Access.READ_WRITE) {
            int written = (int) sizeMask(size) << lane(offset);
            bits |= slot.register.reader().read(bank, slot.index) & ~written;
        }
        slot.register.writer().write(bank, slot.index, bits & slot.writeMask);
    }

    private @Nullable Slot find(int core, long offset, int bytes, String verb) {
        Page page = offset >= 0 && offset < size ? pages[(int) offset >>> 12] : null;
        Slot slot = page == null ? null : page.slots[(int) offset >>> 2 & PAGE_WORDS - 1];
        if (slot == null) {
            errors.report(core, device, "%s of %d bytes at offset 0x%x, where no register is", verb, bytes, offset);
        } else if ((slot.register.sizes() & bytes) == 0 || (offset & bytes - 1) != 0) {
            errors.report(
                    core,
                    device,
                    "%s of %d bytes at offset 0x%x: %s does not allow that size there",
                    verb,
                    bytes,
                    offset,
                    nameOf(slot));
            slot = null;
        }
        return slot;
    }

    private static int lane(long offset) {
        return (int) (offset & 3) * 8;
    }

    private static long sizeMask(int size) {
        return -1L >>> 64 - 8 * size;
    }

    private static String nameOf(Slot slot) {
        return slot.register.name(slot.index);
    }

    private static String kind(Register.Access access) {
        return switch (access) {
            case READ_ONLY -> "read-only";
            case WRITE_ONLY -> "write-only";
            case NOT_MODELLED -> "not modelled (reads as zero, ignores writes)";
            case READ_WRITE, WRITE_ACTS -> throw new IllegalStateException("nothing is wrong with " + access);
        };
    }
}
