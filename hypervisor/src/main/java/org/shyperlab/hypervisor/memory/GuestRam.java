package org.shyperlab.hypervisor.memory;

import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.memory.AddressSpace;

/**
 * A VM's RAM as the hypervisor reads and writes it on the guest's behalf, by the guest's physical address. Only RAM is touched: a
 * hypervisor that let a guest point it at device registers would be a confused deputy.
 */
public class GuestRam {
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

    /** Writes {@code source} to guest RAM at {@code ipa}; false, with nothing written, when any byte of it is not RAM of this VM. */
    public final boolean write(long ipa, byte[] source) {
        for (long page = ipa & -0x1000; page < ipa + source.length; page += 0x1000) {
            if (physical(page, 1) == StageTwo.UNMAPPED) {
                return false;
            }
        }
        for (int i = 0; i < source.length; i++) {
            bus.write(Device.NO_CORE, stageTwo.translate(ipa + i), 1, source[i]);
        }
        return true;
    }
}
