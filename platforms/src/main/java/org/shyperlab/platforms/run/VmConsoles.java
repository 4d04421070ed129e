package org.shyperlab.platforms.run;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.uart.SerialInput;

/** Both directions of the VMs' consoles. On the machine's thread, for VMs that are there. */
interface VmConsoles {
    /** What the VM prints. */
    GuestConsole of(int vm);

    /** Where the VM is typed to; null when nobody can type to it. */
    @Nullable
    SerialInput keyboard(int vm);
}
