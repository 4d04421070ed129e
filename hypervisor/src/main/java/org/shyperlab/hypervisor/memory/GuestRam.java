package org.shyperlab.hypervisor.memory;

import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.memory.DmaMemory;

/**
 * A VM's RAM as the hypervisor reads and writes it on the guest's behalf, by the guest's physical address, and as devices of the
 * VM reach it. Only RAM is touched: a hypervisor that let a guest point it at device registers would be a confused deputy.
 */
public class GuestRam implements DmaMemory {
    private final AddressSpace bus;
    private final StageTwo stageTwo;

    /** The RAM behind {@code stageTwo}. */
    public GuestRam(AddressSpace bus, StageTwo stageTwo) {
        this.bus = bus;
        this.stageTwo = stageTwo;
    }

    /** The physical address of {@code size} bytes of guest RAM at {@code ipa}, inside one page; -1 when it is not RAM of this VM. */
    public final long physical(long ipa, int size) {
        if ((ipa & 0xfff) + size > 0x1000) {
            return StageTwo.UNMAPPED;
        }
        long address = stageTwo.translate(ipa);
        return address != StageTwo.UNMAPPED && bus.ramAt(address, size) != null ? address : StageTwo.UNMAPPED;
    }

    /** Whether all of {@code length} bytes (none is allowed) from {@code ipa} on are RAM of this VM. */
    public final boolean isRam(long ipa, long length) {
        if (ipa < 0 || length < 0 || ipa + length < 0) {
            return false;
        }
        for (long page = ipa & -StageTwo.PAGE; page < ipa + length; page += StageTwo.PAGE) {
            if (physical(page, 1) == StageTwo.UNMAPPED) {
                return false;
            }
        }
        return true;
    }

    /** Writes {@code source} to guest RAM at {@code ipa}; false, with nothing written, when any byte of it is not RAM of this VM. */
    public final boolean write(long ipa, byte[] source) {
        return write(ipa, source, 0, source.length);
    }

    @Override
    public final boolean write(long ipa, byte[] source, int offset, int length) {
        if (length > untilPageEnd(ipa) && !isRam(ipa, length)) {
            return false;
        }
        for (int done = 0; done < length; ) {
            int part = Math.min(length - done, untilPageEnd(ipa + done));
            long address = physical(ipa + done, part);
            if (address == StageTwo.UNMAPPED || !bus.write(address, source, offset + done, part)) {
                return false;
            }
            done += part;
        }
        return true;
    }

    /** Writes a 64-bit word at {@code ipa}, which does not cross a page; false when it is not RAM of this VM. */
    public final boolean writeWord(long ipa, long value) {
        long address = physical(ipa, Long.BYTES);
        if (address == StageTwo.UNMAPPED) {
            return false;
        }
        bus.write(Device.NO_CORE, address, Long.BYTES, value);
        return true;
    }

    /** The 64-bit word at {@code ipa}, which does not cross a page; 0 when it is not RAM of this VM. */
    public final long readWord(long ipa) {
        long address = physical(ipa, Long.BYTES);
        return address == StageTwo.UNMAPPED ? 0 : bus.read(Device.NO_CORE, address, Long.BYTES);
    }

    /** Zeroes {@code length} bytes from {@code ipa} on, all of which are RAM of this VM. */
    public final void clear(long ipa, long length) {
        for (long done = 0; done < length; ) {
            long part = Math.min(length - done, untilPageEnd(ipa + done));
            bus.clearRam(stageTwo.translate(ipa + done), part);
            done += part;
        }
    }

    /** Reads guest RAM at {@code ipa} into {@code target}; false when any byte of it is not RAM of this VM. */
    public final boolean read(long ipa, byte[] target) {
        return read(ipa, target, 0, target.length);
    }

    @Override
    public final boolean read(long ipa, byte[] target, int offset, int length) {
        for (int done = 0; done < length; ) {
            int part = Math.min(length - done, untilPageEnd(ipa + done));
            long address = physical(ipa + done, part);
            if (address == StageTwo.UNMAPPED || !bus.read(address, target, offset + done, part)) {
                return false;
            }
            done += part;
        }
        return true;
    }

    /**
     * Copies {@code length} bytes from here to another VM's RAM, page by page.
     *
     * @return false, with nothing copied, when any byte of either range is not RAM of its VM
     */
    public final boolean copyTo(long ipa, GuestRam target, long targetIpa, long length) {
        if (!isRam(ipa, length) || !target.isRam(targetIpa, length)) {
            return false;
        }
        byte[] page = new byte[(int) StageTwo.PAGE];
        for (long done = 0; done < length; ) {
            int part = (int) Math.min(length - done, untilPageEnd(ipa + done));
            read(ipa + done, page, 0, part);
            target.write(targetIpa + done, page, 0, part);
            done += part;
        }
        return true;
    }

    private static int untilPageEnd(long ipa) {
        return (int) (StageTwo.PAGE - (ipa & StageTwo.PAGE - 1));
    }
}
