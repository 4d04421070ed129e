package org.shyperlab.hypervisor.device;

import org.shyperlab.emulator.device.Device;
import org.shyperlab.hypervisor.vcpu.Vcpu;

/** A device of a kind that boards have, for one VM alone. Accesses behind its registers read zero and write nothing. */
abstract class EmulatedRegisters<D extends Device> implements EmulatedDevice {
    private final D device;
    private final long size;

    /** The registers of {@code device} in a window of {@code size} bytes. */
    EmulatedRegisters(D device, long size) {
        this.device = device;
        this.size = size;
    }

    /** The device behind the registers. */
    final D device() {
        return device;
    }

    @Override
    public final String name() {
        return device.name();
    }

    @Override
    public final long size() {
        return size;
    }

    @Override
    public final long read(Vcpu vcpu, long offset, int width) {
        return offset < device.size() ? device.read(vcpu.core(), offset, width) : 0;
    }

    @Override
    public final void write(Vcpu vcpu, long offset, int width, long value) {
        if (offset < device.size()) {
            device.write(vcpu.core(), offset, width, value);
        }
    }

    @Override
    public void reset() {
        device.reset();
    }
}
