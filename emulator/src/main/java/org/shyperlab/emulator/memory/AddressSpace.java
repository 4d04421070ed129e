package org.shyperlab.emulator.memory;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * The system bus: which RAM block or device answers at a physical address.
 *
 * <p>Regions never overlap; {@link #addRam} and {@link #attach} refuse one that would. Software at EL2 (the hypervisor), firmware
 * and DMA use {@link #read} and {@link #write}; cores reach RAM natively and devices through the same tables.
 */
public final class AddressSpace implements DmaMemory {
    /** Told of every write to RAM that no core made, so that translated code from there is dropped. */
    @FunctionalInterface
    public interface CodeListener {
        /** {@code length} bytes of RAM from physical address {@code address} were just written by other means than a core's store. */
        void ramWritten(long address, long length);
    }

    /** One device window on the bus. */
    public record Window(Device device, long base) {
        /** First address after the window. */
        public long end() {
            return base + device.size();
        }
    }

    private final GuestErrors errors;
    private PhysicalMemory[] ram = {};
    private Window[] windows = {};
    private CodeListener codeListener = (address, length) -> {};

    /** An empty bus that reports accesses to holes to {@code errors}. */
    public AddressSpace(GuestErrors errors) {
        this.errors = errors;
    }

    /** Adds a RAM block. */
    public void addRam(PhysicalMemory block) {
        requireFree(block.name(), block.base(), block.size());
        List<PhysicalMemory> all = new ArrayList<>(List.of(ram));
        all.add(block);
        all.sort((a, b) -> Long.compareUnsigned(a.base(), b.base()));
        ram = all.toArray(PhysicalMemory[]::new);
    }

    /** Attaches a device's window at physical address {@code base}, 4 KiB aligned. */
    public void attach(Device device, long base) {
        if ((base & 0xfff) != 0 || (device.size() & 0xfff) != 0 || device.size() <= 0) {
            throw new IllegalArgumentException(device.name() + ": a device window is 4 KiB aligned");
        }
        requireFree(device.name(), base, device.size());
        List<Window> all = new ArrayList<>(List.of(windows));
        all.add(new Window(device, base));
        all.sort((a, b) -> Long.compareUnsigned(a.base(), b.base()));
        windows = all.toArray(Window[]::new);
    }

    private void requireFree(String name, long base, long size) {
        for (PhysicalMemory block : ram) {
            requireApart(name, base, size, block.name(), block.base(), block.size());
        }
        for (Window window : windows) {
            requireApart(
                    name,
                    base,
                    size,
                    window.device().name(),
                    window.base(),
                    window.device().size());
        }
    }

    private static void requireApart(String name, long base, long size, String other, long otherBase, long otherSize) {
        if (base < otherBase + otherSize && otherBase < base + size) {
            throw new IllegalArgumentException("%s at 0x%x..0x%x overlaps %s at 0x%x..0x%x"
                    .formatted(name, base, base + size, other, otherBase, otherBase + otherSize));
        }
    }

    /** Who hears of RAM writes that no core made; the machine sets it once. */
    public void onRamWritten(CodeListener listener) {
        codeListener = listener;
    }

    /** The RAM blocks in address order. */
    public List<PhysicalMemory> ram() {
        return List.of(ram);
    }

    /** The device windows in address order. */
    public List<Window> windows() {
        return List.of(windows);
    }

    /**
     * Windows for every physical address below {@code limit} that is not RAM, in address order: the devices', and {@link Hole}s
     * between them.
     */
    public List<Window> windowsAndHoles(long limit) {
        record Range(long base, long end) {}
        List<Range> taken = new ArrayList<>();
        for (PhysicalMemory block : ram) {
            taken.add(new Range(block.base(), block.base() + block.size()));
        }
        for (Window window : windows) {
            taken.add(new Range(window.base(), window.end()));
        }
        taken.sort((a, b) -> Long.compare(a.base(), b.base()));
        taken.add(new Range(limit, limit));
        List<Window> all = new ArrayList<>(List.of(windows));
        long free = 0;
        for (Range range : taken) {
            if (range.base() > free) {
                all.add(new Window(new Hole(free, range.base() - free, errors), free));
            }
            free = range.end();
        }
        all.sort((a, b) -> Long.compare(a.base(), b.base()));
        return all;
    }

    /** The RAM block that holds all of {@code [address, address + length)}, or null. */
    public @Nullable PhysicalMemory ramAt(long address, long length) {
        for (PhysicalMemory block : ram) {
            if (block.contains(address, length)) {
                return block;
            }
        }
        return null;
    }

    /** The device window that holds {@code address}, or null. */
    public @Nullable Window windowAt(long address) {
        int low = 0;
        int high = windows.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Window window = windows[middle];
            if (address < window.base()) {
                high = middle - 1;
            } else if (address >= window.end()) {
                low = middle + 1;
            } else {
                return window;
            }
        }
        return null;
    }

    /**
     * Reads {@code size} bytes (1, 2, 4, 8) at a physical address as core {@code core} (or {@link Device#NO_CORE}).
     * A hole reads as zero and is reported as a guest error.
     */
    public long read(int core, long address, int size) {
        PhysicalMemory block = ramAt(address, size);
        if (block != null) {
            return block.read(address, size);
        }
        Window window = windowAt(address);
        if (window != null) {
            return window.device().read(core, address - window.base(), size);
        }
        errors.report(core, "bus", "read of %d bytes at 0x%x, where nothing answers", size, address);
        return 0;
    }

    /** Writes the low {@code size} bytes of {@code value}; otherwise as {@link #read}. A write to a hole is lost and reported. */
    public void write(int core, long address, int size, long value) {
        PhysicalMemory block = ramAt(address, size);
        if (block != null) {
            block.write(address, size, value);
            codeListener.ramWritten(address, size);
            return;
        }
        Window window = windowAt(address);
        if (window != null) {
            window.device().write(core, address - window.base(), size, value);
            return;
        }
        errors.report(core, "bus", "write of %d bytes at 0x%x, where nothing answers", size, address);
    }

    /** Copies {@code source} into RAM at {@code address}. All of it must lie in one RAM block. */
    public void writeRam(long address, byte[] source) {
        requireRam(address, source.length).write(address, source, 0, source.length);
        codeListener.ramWritten(address, source.length);
    }

    /** Copies RAM from {@code address} into {@code target}. All of it must lie in one RAM block. */
    public void readRam(long address, byte[] target) {
        requireRam(address, target.length).read(address, target, 0, target.length);
    }

    @Override
    public boolean read(long address, byte[] target, int offset, int length) {
        PhysicalMemory block = ramAt(address, length);
        if (block == null) {
            return false;
        }
        block.read(address, target, offset, length);
        return true;
    }

    @Override
    public boolean write(long address, byte[] source, int offset, int length) {
        PhysicalMemory block = ramAt(address, length);
        if (block == null) {
            return false;
        }
        block.write(address, source, offset, length);
        codeListener.ramWritten(address, length);
        return true;
    }

    /** Zeroes RAM. All of it must lie in one RAM block. */
    public void clearRam(long address, long length) {
        requireRam(address, length).clear(address, length);
        codeListener.ramWritten(address, length);
    }

    private PhysicalMemory requireRam(long address, long length) {
        PhysicalMemory block = ramAt(address, length);
        if (block == null) {
            throw new IllegalArgumentException("0x%x..0x%x is not in RAM".formatted(address, address + length));
        }
        return block;
    }
}
