package org.shyperlab.guestimages;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The bare-metal guests that come with the project. Their sources are in {@code guest-images/src/main/guests}, and
 * {@code guest-images/build.sh} makes the images. All run on QEMU's virt boards too (AArch64 with GICv2).
 *
 * <p>An AArch64 image starts with the arm64 Linux image header: load it at the start of RAM + {@link #AARCH64_TEXT_OFFSET} (or any
 * 4 KiB boundary) and enter its first byte at EL1 or EL2 with the MMU off and X0 = the device tree's address. It uses
 * {@link #imageSize} bytes of RAM from there: stacks and tables follow the file's bytes.
 *
 * <p>An RV64 image starts with the RISC-V Linux image header: load it 2 MiB (or another multiple of 4 KiB) above the start of RAM and
 * enter its first byte in S mode with the MMU off, a0 = the hart's ID and a1 = the device tree's address.
 */
public final class BareMetalGuests {
    /** The architecture name of the AArch64 images. */
    public static final String AARCH64 = "aarch64";

    /** The architecture name of the RV64 images. */
    public static final String RISCV64 = "riscv64";

    /** Where an AArch64 image wants to be, in bytes from the start of RAM ({@code text_offset} of the image header). */
    public static final long AARCH64_TEXT_OFFSET = 0x80000;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int IMAGE_SIZE_FIELD = 16;

    private static final List<BareMetalGuest> GUESTS = List.of(
            new BareMetalGuest("hello", "says where it is, counts to five, powers off", ""),
            new BareMetalGuest(
                    "traps", "takes exceptions and, on AArch64, every trap to the hypervisor, one by one", ""),
            new BareMetalGuest("timer", "checks the timers that a guest has and takes 100 ticks of 1 ms of each", ""),
            new BareMetalGuest("ipi", "sends interrupts between cores, 1000 rounds of ping-pong", ""),
            new BareMetalGuest(
                    "smp", "starts all cores: locks, TLB and instruction cache broadcast, one time, off and on", ""),
            new BareMetalGuest("bench", "tight loops of hypercalls, traps, device accesses and plain work", ""),
            new BareMetalGuest("latency", "takes a device's interrupts as fast as it can", "0123456789"),
            new BareMetalGuest("rtvm", "measures how late its timer's and its device's interrupts come", ""),
            new BareMetalGuest(
                    "disk", "writes and reads a virtio disk, resets it, breaks the rules of its ring one by one", ""),
            new BareMetalGuest("packets", "sends or receives numbered frames over a network as fast as it can", ""),
            new BareMetalGuest(
                    "unikernel", "works with files of the management VM, and restarts when it is asked to", ""));

    private static final Set<String> ARCHITECTURES = Set.of(AARCH64, RISCV64);

    private BareMetalGuests() {}

    /**
     * All guests for an architecture, in the order in which a course meets them.
     *
     * @param architecture {@link #AARCH64} or {@link #RISCV64}; others have none
     */
    public static List<BareMetalGuest> all(String architecture) {
        return ARCHITECTURES.contains(architecture) ? GUESTS : List.of();
    }

    /** The guest of this name for this architecture, if there is one. */
    public static Optional<BareMetalGuest> find(String architecture, String name) {
        return all(architecture).stream()
                .filter(guest -> guest.name().equals(name))
                .findFirst();
    }

    /**
     * A fresh copy of an image's bytes.
     *
     * @param architecture {@link #AARCH64} or {@link #RISCV64}
     * @param name a name of {@link #all}
     * @throws IllegalArgumentException when there is no such image; the message names those that exist
     */
    public static byte[] load(String architecture, String name) {
        return resource(architecture, name, ".bin");
    }

    /**
     * Lines that the guest prints on a right machine with any number of cores: complete, in this order, ending with the verdict. Lines
     * with measured or machine-dependent values stand between them and are not listed.
     *
     * @throws IllegalArgumentException as for {@link #load}
     */
    public static List<String> consoleLines(String architecture, String name) {
        return new String(resource(architecture, name, ".console"), UTF_8)
                .lines()
                .toList();
    }

    /** How many bytes of RAM an image uses from its load address ({@code image_size} of the image header). */
    public static long imageSize(byte[] image) {
        return (long) LONG.get(image, IMAGE_SIZE_FIELD);
    }

    private static byte[] resource(String architecture, String name, String ending) {
        if (find(architecture, name).isEmpty()) {
            throw new IllegalArgumentException("no bare-metal guest " + architecture + "/" + name
                    + "; there are, for that architecture: "
                    + String.join(
                            ", ",
                            all(architecture).stream().map(BareMetalGuest::name).toList()));
        }
        String file = architecture + "/" + name + ending;
        try (InputStream in = BareMetalGuests.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the build left out resource " + file);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read resource " + file, e);
        }
    }
}
