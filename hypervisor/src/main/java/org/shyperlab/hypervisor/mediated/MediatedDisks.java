package org.shyperlab.hypervisor.mediated;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.storage.BlockRequest;
import org.shyperlab.emulator.device.storage.BlockStore;
import org.shyperlab.hypervisor.memory.GuestRam;

/**
 * The disks that the management VM's daemon offers, and the execution of tasks on them: data goes through the disk's buffer in the
 * management VM's memory, one task of a disk at a time, and a message tells the daemon what to do.
 */
public final class MediatedDisks {
    /** How the daemon hears of a request. */
    public interface Daemon {
        /** False when it does not listen or cannot take one more now. */
        boolean request(int disk, int type, long sector, long count);
    }

    /** Types of requests in messages. */
    private static final int READ = 0;

    private static final int WRITE = 1;
    private static final int FLUSH = 2;

    /**
     * What the daemon offers.
     *
     * @param buffer where the disk's buffer is in the management VM's memory
     * @param bufferSize bytes of the buffer, at least a sector
     * @param sectors size of the disk
     * @param flushes whether the daemon can be asked to make durable what was written; else every write is taken to be
     */
    public record Offer(long buffer, int bufferSize, long sectors, boolean flushes) {}

    /** A disk of the daemon; without a buffer it was offered once, by a daemon that is gone. */
    private static final class Disk {
        long buffer;
        int bufferSize;
        long sectors;
        boolean flushes;
        boolean present;

        @Nullable
        MediatedStore user;

        @Nullable
        MediatedTask running;
    }

    private final List<Disk> disks = new ArrayList<>();
    private final TaskQueues queues = new TaskQueues();
    private final Daemon daemon;
    private @Nullable GuestRam memory;
    private int offered;
    private boolean executing;

    /** No disks yet; {@code daemon} hears of requests. */
    public MediatedDisks(Daemon daemon) {
        this.daemon = daemon;
    }

    /** The daemon begins anew, or is gone: it will offer its disks again, in the same order. What it had not done, it gets again. */
    public void restart() {
        offered = 0;
        for (Disk disk : disks) {
            disk.present = false;
            MediatedTask running = disk.running;
            if (running != null) {
                disk.running = null;
                if (disk.user == running.store()) {
                    queues.putBack(running);
                }
            }
        }
    }

    /**
     * The daemon offers its next disk.
     *
     * @param ram the management VM's memory
     * @return its number, or -1 when a VM uses it and it had another size before, or a larger buffer, which a waiting task may need
     */
    public int append(GuestRam ram, Offer offer) {
        memory = ram;
        if (offered == disks.size()) {
            disks.add(new Disk());
        }
        Disk disk = disks.get(offered);
        if (disk.user != null && (disk.sectors != offer.sectors() || disk.bufferSize > offer.bufferSize())) {
            return -1;
        }
        disk.buffer = offer.buffer();
        disk.bufferSize = offer.bufferSize();
        disk.sectors = offer.sectors();
        disk.flushes = offer.flushes();
        disk.present = true;
        int number = offered++;
        execute();
        return number;
    }

    /**
     * Gives a VM the first disk that nobody has. Rust-Shyper's examples ask for more sectors than their files have: it gets those that
     * there are.
     *
     * @param start first sector that the VM sees as its sector 0
     * @param count number of sectors at the most, 0 for all that follow
     * @throws IllegalArgumentException when there is none, or it ends before {@code start}
     */
    public MediatedStore take(int vm, long start, long count) {
        for (int i = 0; i < disks.size(); i++) {
            Disk disk = disks.get(i);
            if (disk.present && disk.user == null) {
                if (start < 0 || start >= disk.sectors || count < 0) {
                    throw new IllegalArgumentException(
                            "mediated disk %d has %d sectors; VM %d wants %d from sector %d (0 means all that follow)"
                                    .formatted(i, disk.sectors, vm, count, start));
                }
                long sectors = count == 0 ? disk.sectors - start : Math.min(count, disk.sectors - start);
                disk.user = new MediatedStore(
                        this, vm, i, start * BlockStore.SECTOR_BYTES, sectors * BlockStore.SECTOR_BYTES);
                return disk.user;
            }
        }
        throw new IllegalArgumentException(
                "VM %d needs a mediated disk, and the management VM's daemon has offered none that is free"
                        .formatted(vm));
    }

    /** How many disks this daemon has offered so far: the number of the next one. */
    public int offered() {
        return offered;
    }

    /** Number of tasks that wait for a VM. */
    public int waiting(int vm) {
        return queues.size(vm);
    }

    int bufferSize(int disk) {
        return disks.get(disk).bufferSize;
    }

    void add(MediatedTask task) {
        queues.add(task);
    }

    void release(MediatedStore store) {
        queues.drop(store);
        // A task that the daemon works on runs out; its buffer is busy until then.
        disks.get(store.disk()).user = null;
    }

    /** Gives the daemon the tasks whose turn it is, as long as buffers are free and it takes them. */
    void execute() {
        if (executing) {
            return; // a request that is done brings the next one: the loop below takes it
        }
        executing = true;
        MediatedTask task = queues.next(this::isPossible);
        while (task != null && begin(task)) {
            task = queues.next(this::isPossible);
        }
        executing = false;
    }

    private boolean isPossible(MediatedTask task) {
        Disk disk = disks.get(task.store().disk());
        return disk.present && disk.running == null;
    }

    private boolean begin(MediatedTask task) {
        Disk disk = disks.get(task.store().disk());
        int type = switch (task.request().operation()) {
            case READ -> READ;
            case WRITE -> WRITE;
            case FLUSH -> FLUSH;
        };
        if (type == WRITE && !fill(disk, task)) {
            // Its buffer is no memory: its own requests fail, and those of other disks go on.
            finish(task, disk, false);
            return true;
        }
        if (type == FLUSH && !disk.flushes) {
            finish(task, disk, true);
            return true;
        }
        disk.running = task;
        boolean taken = daemon.request(
                task.store().disk(),
                type,
                task.offset() / BlockStore.SECTOR_BYTES,
                task.length() / BlockStore.SECTOR_BYTES);
        if (!taken) {
            disk.running = null;
            queues.putBack(task);
        }
        return taken;
    }

    private boolean fill(Disk disk, MediatedTask task) {
        return memory != null && memory.write(disk.buffer, task.request().data().array(), task.from(), task.length());
    }

    /**
     * The daemon has done the request of a disk.
     *
     * @return false when the disk has none
     */
    public boolean done(long number, boolean success) {
        Disk disk = number >= 0 && number < disks.size() ? disks.get((int) number) : null;
        MediatedTask task = disk == null ? null : disk.running;
        if (disk == null || task == null) {
            return false;
        }
        disk.running = null;
        if (disk.user == task.store()) {
            finish(task, disk, success);
        }
        execute();
        return true;
    }

    private void finish(MediatedTask task, Disk disk, boolean success) {
        boolean well = success;
        if (well && task.request().operation() == BlockRequest.Operation.READ) {
            well = memory != null
                    && memory.read(disk.buffer, task.request().data().array(), task.from(), task.length());
        }
        if (!well) {
            queues.dropRest(task);
        }
        if (!well || task.last()) {
            task.request().done(well);
        }
    }
}
