package org.shyperlab.hypervisor.device;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.uart.SerialInput;
import org.shyperlab.emulator.device.virtio.VirtioMmio;

/** A virtio device of a VM behind registers on its bus (Virtio 4.2). */
public final class EmulatedVirtio extends EmulatedRegisters<VirtioMmio> {
    private final Supplier<@Nullable SerialInput> keyboard;
    private final Runnable onClose;

    /**
     * The registers of {@code transport} in a window of {@code size} bytes.
     *
     * @param keyboard tells where somebody outside types now, if anywhere
     * @param onClose gives back what is behind the device, when the VM goes away
     */
    public EmulatedVirtio(VirtioMmio transport, long size, Supplier<@Nullable SerialInput> keyboard, Runnable onClose) {
        super(transport, size);
        this.keyboard = keyboard;
        this.onClose = onClose;
    }

    @Override
    public @Nullable SerialInput keyboard() {
        return keyboard.get();
    }

    @Override
    public void close() {
        onClose.run();
    }
}
