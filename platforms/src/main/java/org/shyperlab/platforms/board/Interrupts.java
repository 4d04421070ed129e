package org.shyperlab.platforms.board;

import java.util.ArrayList;
import java.util.List;
import org.shyperlab.emulator.device.aia.Aplic;
import org.shyperlab.emulator.device.aia.Imsic;

/** How interrupts reach a board's cores: the controllers and where they are. */
public sealed interface Interrupts {
    /** First interrupt that a device can have, as device trees number them. */
    int first();

    /** What to add to a device's interrupt to have its id as hypervisor and VM configurations count them: INTIDs on AArch64. */
    default int idBase() {
        return 0;
    }

    /** One more than the last interrupt that a device can have. */
    int end();

    /** The controllers' windows for that many cores. */
    List<Region> windows(int cores);

    /** A GICv2 and the generic timers' private interrupts. */
    record Arm(Board.Gic gic, Board.Timers timers) implements Interrupts {
        @Override
        public int first() {
            return 0;
        }

        @Override
        public int end() {
            return gic.spis();
        }

        @Override
        public int idBase() {
            return Board.FIRST_SPI;
        }

        @Override
        public List<Region> windows(int cores) {
            return MemoryMap.of(gic);
        }
    }

    /**
     * A CLINT: software interrupts and timer of RISC-V's machine mode.
     *
     * @param base address of its 64 KiB
     */
    record Clint(String name, long base) {
        static final long WINDOW = 0x1_0000;

        private Region region() {
            return new Region(name + " (CLINT)", base, WINDOW);
        }
    }

    /**
     * A PLIC with two contexts per hart, machine mode first.
     *
     * @param sources number of sources, which are numbered from 1
     * @param priorityBits bits of a priority
     */
    record Plic(String name, long base, int sources, int priorityBits, Clint clint) implements Interrupts {
        static final long WINDOW = 0x60_0000;

        @Override
        public int first() {
            return 1;
        }

        @Override
        public int end() {
            return sources + 1;
        }

        @Override
        public List<Region> windows(int cores) {
            return List.of(new Region(name + " (PLIC)", base, WINDOW), clint.region());
        }
    }

    /**
     * An APLIC with a machine-level and a supervisor-level domain, and an IMSIC per hart.
     *
     * @param machineDomain address of the root domain
     * @param supervisorDomain address of its child
     * @param sources number of wired sources, which are numbered from 1
     * @param priorityBits bits of a priority number
     * @param imsic where the interrupt files are
     */
    record Aia(
            String name,
            long machineDomain,
            long supervisorDomain,
            int sources,
            int priorityBits,
            Files imsic,
            Clint clint)
            implements Interrupts {
        /**
         * The IMSICs' interrupt files.
         *
         * @param machine address of the machine-level files, a page per hart
         * @param supervisor address of the supervisor-level files, each followed by its hart's guest files
         * @param identities highest interrupt identity
         * @param guests guest files per hart
         */
        public record Files(String name, long machine, long supervisor, int identities, int guests) {}

        @Override
        public int first() {
            return 1;
        }

        @Override
        public int end() {
            return sources + 1;
        }

        /** The guest files of {@code cores} harts, each a page. */
        public List<Region> guestFiles(int cores) {
            List<Region> pages = new ArrayList<>();
            for (int hart = 0; hart < cores; hart++) {
                for (int file = 1; file <= imsic.guests(); file++) {
                    long base = imsic.supervisor()
                            + (long) hart * Imsic.hartStride(imsic.guests())
                            + (long) file * Imsic.PAGE;
                    pages.add(new Region("guest interrupt file %d of hart %d".formatted(file, hart), base, Imsic.PAGE));
                }
            }
            return List.copyOf(pages);
        }

        /** Whether an address is that of a supervisor-level or guest file of one of {@code cores} harts. */
        public boolean isSupervisorFile(int cores, long address) {
            long offset = address - imsic.supervisor();
            return offset >= 0 && offset < (long) cores * Imsic.hartStride(imsic.guests());
        }

        @Override
        public List<Region> windows(int cores) {
            List<Region> windows = new ArrayList<>();
            windows.add(new Region(name + " machine domain (APLIC)", machineDomain, Aplic.WINDOW));
            windows.add(new Region(name + " supervisor domain (APLIC)", supervisorDomain, Aplic.WINDOW));
            windows.add(
                    new Region(imsic.name() + " machine files (IMSIC)", imsic.machine(), (long) cores * Imsic.PAGE));
            windows.add(new Region(
                    imsic.name() + " supervisor and guest files (IMSIC)",
                    imsic.supervisor(),
                    (long) cores * Imsic.hartStride(imsic.guests())));
            windows.add(clint.region());
            return List.copyOf(windows);
        }
    }
}
