package org.shyperlab.hypervisor.interrupt.riscv64;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.PlatformDescription.Aia;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.memory.StageTwo;
import org.shyperlab.hypervisor.vm.Vm;

/**
 * The guest interrupt files of all harts, and which VM has which. A VM has the file of one number in each of its harts, and sees their
 * pages as its harts' own: where its configuration maps them, or else where the board has its harts' files.
 */
public final class GuestFiles {
    private final Aia board;
    private final MemoryRegion window;
    /** By hart and number. */
    private final @Nullable Vm[][] owners;

    /** Nobody has any. */
    public GuestFiles(Aia board, int harts) {
        this.board = board;
        window = new MemoryRegion(board.files(), harts * board.hartStride());
        owners = new Vm[harts][board.guestFiles() + 1];
    }

    /** Highest interrupt identity of a file. */
    public int identities() {
        return board.identities();
    }

    /** Physical address of a file's page. */
    public long page(int hart, int number) {
        return board.files() + hart * board.hartStride() + number * StageTwo.PAGE;
    }

    /** Whether what a VM shall have is interrupt files, of whomever. */
    public boolean holds(VmConfig.Passthrough device) {
        return window.overlaps(
                new MemoryRegion(device.physical(), device.region().length()));
    }

    /**
     * The VM gets one file of each of its harts, all with one number: the one that its configuration names, or the lowest that is
     * free everywhere. The pages are mapped if the configuration does not.
     *
     * @return the number
     * @throws IllegalArgumentException when there is none, or the configuration asks for files that it cannot have
     */
    public int claim(Vm vm) {
        int[] harts = vm.config().cpu().cores();
        List<VmConfig.Passthrough> named =
                vm.config().passthrough().stream().filter(this::holds).toList();
        int number = named.isEmpty() ? lowestFree(vm, harts) : named(vm, named, harts);
        for (int hart : harts) {
            owners[hart][number] = vm;
        }
        if (named.isEmpty()) {
            for (int i = 0; i < harts.length; i++) {
                long seenAt = board.files() + i * board.hartStride();
                vm.stageTwo().map(seenAt, page(harts[i], number), StageTwo.PAGE, StageTwo.Attributes.DEVICE, false);
            }
        }
        return number;
    }

    /** The VM gives up its files. */
    public void release(Vm vm) {
        for (Vm[] files : owners) {
            for (int number = 1; number < files.length; number++) {
                if (files[number] == vm) {
                    files[number] = null;
                }
            }
        }
    }

    private int lowestFree(Vm vm, int[] harts) {
        for (int number = 1; number <= board.guestFiles(); number++) {
            if (firstOwner(harts, number) == null) {
                return number;
            }
        }
        throw new IllegalArgumentException(
                "%s needs a guest interrupt file of one number on each of harts %s: the board has %d guest files per hart, and they are in use"
                        .formatted(vm, Arrays.toString(harts), board.guestFiles()));
    }

    private @Nullable Vm firstOwner(int[] harts, int number) {
        for (int hart : harts) {
            Vm owner = owners[hart][number];
            if (owner != null) {
                return owner;
            }
        }
        return null;
    }

    private int named(Vm vm, List<VmConfig.Passthrough> pages, int[] harts) {
        List<Integer> missing = new ArrayList<>();
        Arrays.stream(harts).forEach(missing::add);
        int number = number(pages.getFirst());
        for (VmConfig.Passthrough page : pages) {
            long offset = page.physical() - board.files();
            Integer hart = (int) (offset / board.hartStride());
            String what = "device %s of %s, 0x%x of 0x%x bytes"
                    .formatted(page.name(), vm, page.physical(), page.region().length());
            if ((offset & StageTwo.PAGE - 1) != 0 || page.region().length() != StageTwo.PAGE) {
                throw new IllegalArgumentException(what + ", is not the page of one interrupt file");
            }
            if (number(page) < 1 || number(page) > board.guestFiles()) {
                throw new IllegalArgumentException(
                        "%s, is no guest interrupt file: hart %d has its guest files 1 to %d at 0x%x"
                                .formatted(what, hart, board.guestFiles(), page(hart, 1)));
            }
            if (number(page) != number) {
                throw new IllegalArgumentException(
                        "%s, is guest file %d, but the VM has files %d: one number for all its harts"
                                .formatted(what, number(page), number));
            }
            if (!missing.remove(hart)) {
                throw new IllegalArgumentException(
                        "%s, is a file of hart %d: the VM has one file of each of its harts, %s"
                                .formatted(what, hart, Arrays.toString(harts)));
            }
        }
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s has the interrupt files of some of its harts, but not of %s".formatted(vm, missing));
        }
        Vm owner = firstOwner(harts, number);
        if (owner != null) {
            throw new IllegalArgumentException(
                    "guest interrupt file %d of %s belongs to %s".formatted(number, vm, owner));
        }
        return number;
    }

    private int number(VmConfig.Passthrough page) {
        return (int) ((page.physical() - board.files()) % board.hartStride() / StageTwo.PAGE);
    }
}
