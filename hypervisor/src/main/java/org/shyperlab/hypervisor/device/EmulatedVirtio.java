package org.shyperlab.hypervisor.device;

import org.shyperlab.emulator.device.virtio.VirtioMmio;
import org.shyperlab.hypervisor.vcpu.Vcpu;

/** A virtio device of a VM behind registers on its bus (Virtio 4.2). Accesses behind the registers read zero and write nothing. */
public final class EmulatedVirtio implements EmulatedDevice {
    private final VirtioMmio transport;
    private final long size;
    private final Runnable onClose;

    /**
     * The registers of {@code transport} in a window of {@code size} bytes.
     *
     * @param onClose gives back what is behind the device, when the VM goes away
     */
    public EmulatedVirtio(VirtioMmio transport, long size, Runnable onClose) {
        this.transport = transport;
        this.size = size;
        this.onClose = onClose;
    }

    @Override
    public String name() {
        return transport.name();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long read(Vcpu vcpu, long offset, int width) {
        return offset < transport.size() ? transport.read(vcpu.core(), offset, width) : 0;
    }

    @Override
    public void write(Vcpu vcpu, long offset, int width, long value) {
        if (offset < transport.size()) {
            transport.write(vcpu.core(), offset, width, value);
        }
    }

    @Override
    public void reset() {
        transport.reset();
    }

    @Override
    public void close() {
        onClose.run();
    }
}
