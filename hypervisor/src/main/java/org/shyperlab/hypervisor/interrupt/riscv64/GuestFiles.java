package org.shyperlab.hypervisor.interrupt.riscv64;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.PlatformDescription.Aia;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.memory.StageTwo;

/**
 * The guest interrupt files of all harts, and which VM has which. A VM has the file of one number in each of its harts, and sees their
 * pages as its harts' own: where its configuration maps them as passed-through devices, or else where the board has its harts' files.
 */
public final class GuestFiles {
    /**
     * Why a VM cannot have its files.
     *
     * @param path what of the configuration is to blame
     * @param reason in words
     */
    public record Refusal(String path, String reason) {}

    private final Aia board;
    private final MemoryRegion window;
    /** By hart and number: the VM, as messages call it. */
    private final @Nullable String[][] owners;

    /** Nobody has any. */
    public GuestFiles(Aia board, int harts) {
        this.board = board;
        window = board.fileWindow(harts);
        owners = new String[harts][board.guestFiles() + 1];
    }

    /** Highest interrupt identity of a file. */
    public int identities() {
        return board.identities();
    }

    /** Physical address of a file's page. */
    public long page(int hart, int number) {
        return board.files() + hart * board.hartStride() + number * StageTwo.PAGE;
    }

    /** Guest physical address of the file of a VM's vCPU when the configuration maps none. */
    public long seenAt(int vcpu) {
        return board.files() + vcpu * board.hartStride();
    }

    /** Whether what a VM shall have is interrupt files, of whomever. */
    public boolean holds(VmConfig.Passthrough device) {
        return window.overlaps(
                new MemoryRegion(device.physical(), device.region().length()));
    }

    /** Whether a configuration maps its files itself. */
    public boolean areMappedBy(VmConfig config) {
        return config.passthrough().stream().anyMatch(this::holds);
    }

    /**
     * A VM gets one file of each of its harts, all with one number: the one that its configuration names, or the lowest that is free
     * in all of them.
     *
     * @param vm what messages call it
     * @return the number
     * @throws IllegalArgumentException when {@link #refusal} has something to say
     */
    public int claim(String vm, VmConfig config) {
        Refusal refusal = refusal(config);
        if (refusal != null) {
            throw new IllegalArgumentException(vm + ": " + refusal.reason());
        }
        int number = number(config);
        for (int hart : config.cpu().cores()) {
            owners[hart][number] = vm;
        }
        return number;
    }

    /** A VM gives up its files. */
    public void release(String vm) {
        for (String[] files : owners) {
            for (int number = 1; number < files.length; number++) {
                if (vm.equals(files[number])) {
                    files[number] = null;
                }
            }
        }
    }

    /** Number of files that VMs have. */
    public int claimed() {
        int count = 0;
        for (String[] files : owners) {
            for (String owner : files) {
                count += owner == null ? 0 : 1;
            }
        }
        return count;
    }

    /** Why a VM could not have its files now; null when it can. */
    public @Nullable Refusal refusal(VmConfig config) {
        int[] harts = config.cpu().cores();
        List<VmConfig.Passthrough> devices = config.passthrough();
        for (int i = 0; i < devices.size(); i++) {
            String reason = holds(devices.get(i)) ? refusal(devices.get(i), harts) : null;
            if (reason != null) {
                return new Refusal("passthrough_device.passthrough_device_list[" + i + "].base_pa", reason);
            }
        }
        int number = number(config);
        if (number == 0) {
            return new Refusal(
                    "cpu.allocate_bitmap",
                    "the VM needs a guest interrupt file of one number on each of its harts %s: the board has %d guest files per hart, and other VMs have them"
                            .formatted(Arrays.toString(harts), board.guestFiles()));
        }
        if (areMappedBy(config)) {
            for (int hart : harts) {
                if (devices.stream().noneMatch(device -> device.physical() == page(hart, number))) {
                    return new Refusal(
                            "passthrough_device.passthrough_device_list",
                            "the VM has interrupt files, but not the one of hart %d at 0x%x: it has one number, %d, on all of its harts"
                                    .formatted(hart, page(hart, number), number));
                }
            }
        }
        String owner = firstOwner(harts, number);
        return owner == null
                ? null
                : new Refusal(
                        "passthrough_device.passthrough_device_list",
                        "guest interrupt file %d of harts %s belongs to %s already"
                                .formatted(number, Arrays.toString(harts), owner));
    }

    /** What is wrong with a page that a configuration maps, or null. */
    private @Nullable String refusal(VmConfig.Passthrough page, int[] harts) {
        long offset = page.physical() - board.files();
        String what =
                "0x%x of 0x%x bytes ".formatted(page.physical(), page.region().length());
        if ((offset & StageTwo.PAGE - 1) != 0 || page.region().length() != StageTwo.PAGE) {
            return what + "is not the page of one interrupt file";
        }
        int hart = (int) (offset / board.hartStride());
        if (number(page) < 1 || number(page) > board.guestFiles()) {
            return what
                    + "is no guest interrupt file: hart %d has its guest files 1 to %d at 0x%x"
                            .formatted(hart, board.guestFiles(), page(hart, 1));
        }
        if (Arrays.stream(harts).noneMatch(own -> own == hart)) {
            return what + "is a file of hart %d, and the VM has harts %s".formatted(hart, Arrays.toString(harts));
        }
        return null;
    }

    /** The number that a VM gets; 0 when it names none and none is free. */
    private int number(VmConfig config) {
        for (VmConfig.Passthrough device : config.passthrough()) {
            if (holds(device)) {
                return number(device);
            }
        }
        for (int number = 1; number <= board.guestFiles(); number++) {
            if (firstOwner(config.cpu().cores(), number) == null) {
                return number;
            }
        }
        return 0;
    }

    private int number(VmConfig.Passthrough page) {
        return (int) ((page.physical() - board.files()) % board.hartStride() / StageTwo.PAGE);
    }

    private @Nullable String firstOwner(int[] harts, int number) {
        for (int hart : harts) {
            String owner = owners[hart][number];
            if (owner != null) {
                return owner;
            }
        }
        return null;
    }
}
