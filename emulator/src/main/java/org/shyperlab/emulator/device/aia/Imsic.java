package org.shyperlab.emulator.device.aia;

import static org.shyperlab.emulator.device.Register.writeActs;

import java.util.ArrayList;
import java.util.List;
import org.shyperlab.emulator.core.riscv64.HartInterruptFiles;
import org.shyperlab.emulator.core.riscv64.HartInterruptInputs;
import org.shyperlab.emulator.core.riscv64.InterruptFile;
import org.shyperlab.emulator.device.MappedDevice;
import org.shyperlab.emulator.device.RegisterMap;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * The IMSICs of all harts: per hart a machine-level file, a supervisor-level file and guest files (AIA chapter 3).
 *
 * <p>Two windows, arranged as AIA 3.6 recommends: one with the machine-level files, a page per hart; and one where each hart has its
 * supervisor-level file and after it its guest files, padded to a power of two of pages. A page takes messages at its first two
 * words and reads as zero.
 */
public final class Imsic {
    /** Size of one file's page. */
    public static final int PAGE = 0x1000;

    private static final int MAX_IDENTITIES = 2047;
    private static final int MAX_GUESTS = 63;

    private final List<Files> harts = new ArrayList<>();
    private final MappedDevice machineWindow;
    private final MappedDevice supervisorWindow;

    private record Window(String name, RegisterMap registers, Runnable resetAction) implements MappedDevice {
        @Override
        public void reset() {
            resetAction.run();
        }
    }

    /** The files of one hart. */
    private record Files(ImsicFile machine, ImsicFile supervisor, ImsicFile[] guestFiles)
            implements HartInterruptFiles {
        @Override
        public int guests() {
            return guestFiles.length;
        }

        @Override
        public InterruptFile guest(int guestFile) {
            return guestFiles[guestFile - 1];
        }
    }

    /**
     * IMSICs in their reset state.
     *
     * @param name instance name; the windows are called name-m and name-s
     * @param identities highest interrupt identity: 63 to 2047, one less than a multiple of 64
     * @param guests guest interrupt files per hart, 0 to 63
     * @param pins the harts' pins, by hart index
     * @param errors where software's mistakes are reported
     */
    public Imsic(String name, int identities, int guests, HartInterruptInputs[] pins, GuestErrors errors) {
        if (identities < 63 || identities > MAX_IDENTITIES || identities % 64 != 63) {
            throw new IllegalArgumentException(name
                    + ": the identities end one below a multiple of 64, at 63 to 2047 (AIA 3.1), not at " + identities);
        }
        if (guests < 0 || guests > MAX_GUESTS) {
            throw new IllegalArgumentException(name + ": a hart has 0 to 63 guest interrupt files, not " + guests);
        }
        int stride = hartStride(guests);
        RegisterMap.Builder machineMap = RegisterMap.of(name + "-m", pins.length * PAGE, errors);
        RegisterMap.Builder supervisorMap = RegisterMap.of(name + "-s", pins.length * stride, errors);
        for (int hart = 0; hart < pins.length; hart++) {
            HartInterruptInputs pin = pins[hart];
            ImsicFile machine = new ImsicFile(identities, pin::machineExternal);
            ImsicFile supervisor = new ImsicFile(identities, pin::supervisorExternal);
            addPage(machineMap, hart * PAGE, "hart" + hart, machine);
            addPage(supervisorMap, hart * stride, "hart" + hart, supervisor);
            ImsicFile[] guestFiles = new ImsicFile[guests];
            for (int guest = 1; guest <= guests; guest++) {
                int guestFile = guest;
                guestFiles[guest - 1] = new ImsicFile(identities, high -> pin.guestExternal(guestFile, high));
                addPage(
                        supervisorMap,
                        hart * stride + guest * PAGE,
                        "hart" + hart + ".guest" + guest,
                        guestFiles[guest - 1]);
            }
            harts.add(new Files(machine, supervisor, guestFiles));
        }
        machineWindow = new Window(name + "-m", machineMap.build(), this::resetMachine);
        supervisorWindow = new Window(name + "-s", supervisorMap.build(), this::resetSupervisor);
    }

    private static void addPage(RegisterMap.Builder map, int base, String owner, ImsicFile file) {
        map.add(writeActs(base, owner + ".seteipnum_le", (core, n) -> 0, (core, n, value) -> file.receive(value)))
                .add(writeActs(
                        base + 4,
                        owner + ".seteipnum_be",
                        (core, n) -> 0,
                        (core, n, value) -> file.receive(Integer.reverseBytes(value))));
    }

    /** Distance between two harts in the supervisor-level window, in bytes. */
    public static int hartStride(int guests) {
        return PAGE << guestIndexBits(guests);
    }

    /** Bits of the page number that choose between a hart's supervisor-level file and its guest files. */
    public static int guestIndexBits(int guests) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(guests);
    }

    /** The machine-level files: hart n at n x {@value #PAGE}. */
    public MappedDevice machineWindow() {
        return machineWindow;
    }

    /** The supervisor-level and guest files: hart n at n x {@link #hartStride}, guest file g of it g pages after that. */
    public MappedDevice supervisorWindow() {
        return supervisorWindow;
    }

    /** The files of a hart, for its CSRs. */
    public HartInterruptFiles hart(int hart) {
        return harts.get(hart);
    }

    private void resetMachine() {
        for (Files files : harts) {
            files.machine.reset();
        }
    }

    private void resetSupervisor() {
        for (Files files : harts) {
            files.supervisor.reset();
            for (ImsicFile guest : files.guestFiles) {
                guest.reset();
            }
        }
    }
}
