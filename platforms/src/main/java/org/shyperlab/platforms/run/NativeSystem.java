package org.shyperlab.platforms.run;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.devicetree.FdtWriter;
import org.shyperlab.emulator.memory.AddressSpace;
import org.shyperlab.emulator.trace.Trace;
import org.shyperlab.guestimages.linux.KernelImage;
import org.shyperlab.platforms.board.Board;
import org.shyperlab.platforms.board.Platform;
import org.shyperlab.platforms.board.Region;
import org.shyperlab.platforms.board.SystemTree;

/** A kernel on the bare board. */
final class NativeSystem implements GuestSystem {
    private final Platform platform;
    private final KernelImage kernel;
    private final byte @Nullable [] initrd;
    private final String bootArguments;
    private final Guest guest;

    private NativeSystem(
            Platform platform, KernelImage kernel, byte @Nullable [] initrd, String bootArguments, Guest guest) {
        this.platform = platform;
        this.kernel = kernel;
        this.initrd = initrd;
        this.bootArguments = bootArguments;
        this.guest = guest;
    }

    /**
     * Loads a kernel with its device tree and initial RAM disk, and makes it what core 0 starts with.
     *
     * @param console what it prints on the board's console, which the platform was built with
     */
    static NativeSystem load(
            Platform platform,
            String name,
            KernelImage kernel,
            byte @Nullable [] initrd,
            String bootArguments,
            GuestConsole console) {
        NativeSystem system =
                new NativeSystem(platform, kernel, initrd, bootArguments, new Guest(Trace.NATIVE, name, console));
        system.load();
        return system;
    }

    private void load() {
        Board.Memory memory = platform.board().memory();
        Placement placement =
                Placement.of(new Region(memory.name(), memory.base(), platform.ramBytes()), kernel, initrd);
        AddressSpace bus = platform.machine().bus();
        bus.writeRam(placement.kernel().base(), kernel.bytes());
        if (initrd != null && placement.initrd() != null) {
            bus.writeRam(placement.initrd().base(), initrd);
        }
        SystemTree.Chosen chosen = new SystemTree.Chosen(bootArguments, placement.initrd(), "native");
        byte[] tree =
                FdtWriter.write(SystemTree.ofBoard(platform.board(), platform.cores(), platform.ramBytes(), chosen));
        bus.writeRam(placement.deviceTree().base(), tree);
        platform.console().enable();
        platform.machine()
                .bootNatively(
                        placement.kernel().base() + kernel.entryOffset(),
                        placement.deviceTree().base());
    }

    @Override
    public void restart() {
        platform.reset();
        load();
    }

    @Override
    public List<Guest> guests() {
        return List.of(guest);
    }

    @Override
    public boolean type(int value) {
        return platform.console().receive(value);
    }

    @Override
    public @Nullable RunningVms vms() {
        return null;
    }

    @Override
    public List<String> failures() {
        return List.of();
    }
}
