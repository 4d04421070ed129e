package org.shyperlab.platforms.run;

import org.jspecify.annotations.Nullable;
import org.shyperlab.guestimages.linux.KernelImage;
import org.shyperlab.platforms.board.Region;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.input.Quantity;

/**
 * Where a kernel, its device tree and its initial RAM disk lie in RAM (Linux, Documentation/arch/arm64/booting.rst and
 * arch/riscv/boot.rst): the kernel 2 MiB above the start of RAM (programs of other formats where they want to be), then the device
 * tree, then the initial RAM disk, each in 2 MiB of its own.
 *
 * @param kernel the kernel with the memory it takes beyond its file
 * @param deviceTree room for the device tree
 * @param initrd the initial RAM disk, or null
 */
record Placement(Region kernel, Region deviceTree, @Nullable Region initrd) {
    private static final long UNIT = 2L << 20;
    private static final long LARGEST_TREE = 64L << 10;

    /** Places the images in {@code ram}, or says what does not fit. */
    static Placement of(Region ram, KernelImage image, byte @Nullable [] initrd) {
        Region kernel =
                new Region("kernel", image.address(ram.base()), Math.max(image.memorySize(), image.bytes().length));
        requireInside(ram, kernel);
        Region tree = deviceTree(ram, image, kernel);
        requireInside(ram, tree);
        if (initrd == null) {
            return new Placement(kernel, tree, null);
        }
        Region disk = new Region("initial RAM disk", roundUp(Math.max(tree.end(), kernel.end())), initrd.length);
        requireInside(ram, disk);
        return new Placement(kernel, tree, disk);
    }

    /** A program that does not boot as Linux does, and finds no address of the tree in X0, looks at the start of RAM, as on QEMU. */
    private static Region deviceTree(Region ram, KernelImage image, Region kernel) {
        long below = kernel.base() - ram.base();
        return image.format() != KernelImage.Format.LINUX && below >= LARGEST_TREE
                ? new Region("device tree", ram.base(), LARGEST_TREE)
                : new Region("device tree", roundUp(kernel.end()), UNIT);
    }

    private static void requireInside(Region ram, Region image) {
        if (image.base() < ram.base()) {
            throw new InputException("The %s wants to be at 0x%x, and RAM is 0x%x..0x%x: link it to an address there."
                    .formatted(image.what(), image.base(), ram.base(), ram.end() - 1));
        }
        if (image.end() > ram.end()) {
            throw new InputException(
                    "The %s does not fit into RAM: it would take 0x%x..0x%x (%s), and RAM is 0x%x..0x%x (%s). Give the guest more with --memory."
                            .formatted(
                                    image.what(),
                                    image.base(),
                                    image.end() - 1,
                                    Quantity.sizeText(image.size()),
                                    ram.base(),
                                    ram.end() - 1,
                                    Quantity.sizeText(ram.size())));
        }
    }

    private static long roundUp(long address) {
        return (address + UNIT - 1) / UNIT * UNIT;
    }
}
