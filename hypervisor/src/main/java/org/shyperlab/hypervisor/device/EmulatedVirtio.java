package org.shyperlab.hypervisor.device;

import org.shyperlab.emulator.device.virtio.VirtioMmio;

/** A virtio device of a VM behind registers on its bus (Virtio 4.2). */
public final class EmulatedVirtio extends EmulatedRegisters<VirtioMmio> {
    private final Runnable onClose;

    /**
     * The registers of {@code transport} in a window of {@code size} bytes.
     *
     * @param onClose gives back what is behind the device, when the VM goes away
     */
    public EmulatedVirtio(VirtioMmio transport, long size, Runnable onClose) {
        super(transport, size);
        this.onClose = onClose;
    }

    @Override
    public void close() {
        onClose.run();
    }
}
