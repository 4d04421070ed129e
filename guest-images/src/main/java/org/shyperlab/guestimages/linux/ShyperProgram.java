package org.shyperlab.guestimages.linux;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.shyperlab.guestimages.BareMetalGuests;

/**
 * The {@code shyper} command inside Linux guests: a static program of ours that manages VMs and serves disks from the management VM's
 * user space. Its sources are in {@code guest-images/src/main/guests/shyper}.
 */
public final class ShyperProgram {
    private ShyperProgram() {}

    /** The program for an architecture: an ELF file. */
    public static byte[] load(GuestArchitecture architecture) {
        String folder = switch (architecture) {
            case ARM64 -> BareMetalGuests.AARCH64;
            case RISCV64 -> BareMetalGuests.RISCV64;
        };
        try (InputStream in = BareMetalGuests.class.getResourceAsStream(folder + "/shyper")) {
            if (in == null) {
                throw new IllegalStateException("the build left out the shyper program for " + folder);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the shyper program cannot be read", e);
        }
    }
}
