package org.shyperlab.guestimages;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/**
 * The bare-metal guests that come with the project. Their sources are in {@code guest-images/src/main/guests}, and
 * {@code guest-images/build.sh} makes the images. All run on QEMU's virt board with GICv2 too.
 *
 * <p>An AArch64 image starts with the arm64 Linux image header: load it at the start of RAM + {@link #AARCH64_TEXT_OFFSET} (or any
 * 4 KiB boundary) and enter its first byte at EL1 or EL2 with the MMU off and X0 = the device tree's address. It uses
 * {@link #imageSize} bytes of RAM from there: stacks and tables follow the file's bytes.
 */
public final class BareMetalGuests {
    /** The architecture name of the images that exist so far. */
    public static final String AARCH64 = "aarch64";

    /** Where an AArch64 image wants to be, in bytes from the start of RAM ({@code text_offset} of the image header). */
    public static final long AARCH64_TEXT_OFFSET = 0x80000;

    private static final int IMAGE_SIZE_FIELD = 16;

    private static final List<BareMetalGuest> GUESTS = List.of(
            new BareMetalGuest(
                    "hello",
                    "says where it is, counts to five, powers off",
                    1,
                    List.of("Hello from EL1", "count 1", "count 2", "count 3", "count 4", "count 5", "hello: PASS")));

    private BareMetalGuests() {}

    /** All guests, in the order in which a course meets them. */
    public static List<BareMetalGuest> all() {
        return GUESTS;
    }

    /** The guest of this name, if there is one. */
    public static Optional<BareMetalGuest> find(String name) {
        return GUESTS.stream().filter(guest -> guest.name().equals(name)).findFirst();
    }

    /**
     * A fresh copy of an image's bytes.
     *
     * @param architecture {@link #AARCH64}
     * @param name a name of {@link #all}
     * @throws IllegalArgumentException when there is no such image; the message names those that exist
     */
    public static byte[] load(String architecture, String name) {
        if (!architecture.equals(AARCH64) || find(name).isEmpty()) {
            throw new IllegalArgumentException("no bare-metal guest " + architecture + "/" + name + "; there are, for " + AARCH64 + ": "
                    + String.join(", ", GUESTS.stream().map(BareMetalGuest::name).toList()));
        }
        String resource = architecture + "/" + name + ".bin";
        try (InputStream in = BareMetalGuests.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the build left out resource " + resource);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read resource " + resource, e);
        }
    }

    /** How many bytes of RAM an AArch64 image uses from its load address ({@code image_size} of the image header). */
    public static long imageSize(byte[] image) {
        long size = 0;
        for (int i = 7; i >= 0; i--) {
            size = size << 8 | image[IMAGE_SIZE_FIELD + i] & 0xff;
        }
        return size;
    }
}
