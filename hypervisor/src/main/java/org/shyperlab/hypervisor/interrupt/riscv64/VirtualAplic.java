package org.shyperlab.hypervisor.interrupt.riscv64;

import java.util.Arrays;
import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.MappedDevice;
import org.shyperlab.emulator.device.aia.Aplic;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.hypervisor.vcpu.Vcpu;

/**
 * The APLIC that a VM sees: a supervisor-level domain that sends messages and cannot do otherwise, since the vCPUs have interrupt
 * files. For emulated devices it is an APLIC of its own, whose messages go to the VM's files. Sources that the VM owns on the board are
 * <em>linked</em>: what the guest writes of them is translated to the VM's harts and guest files and set in the board's APLIC, which
 * then reaches the VM without the hypervisor. Nothing a guest writes reaches a source that is not linked, or a file that is not the
 * VM's.
 */
public final class VirtualAplic implements VirtualController {
    /** The VM's interrupt files. */
    @FunctionalInterface
    public interface Files {
        /** A message arrives in the file of vCPU {@code vcpu}. */
        void send(int vcpu, int identity);
    }

    /**
     * Who the VM is on the board.
     *
     * @param harts the hart of each vCPU
     * @param guestFile number of the VM's guest interrupt file in each of these harts
     * @param identities highest interrupt identity of a file
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Place(int[] harts, int guestFile, int identities) {
        /** Copies the array. */
        public Place {
            harts = harts.clone();
        }
    }

    private static final int DELEGATED = 1 << 10;
    /** Field values of the root domain with which the address of a message is its target without the identity. */
    private static final int HART_INDEX_WIDTH = 14 << 12;

    private static final int HART_INDEX_SHIFT = 6 << 20;

    private final String name;
    private final PhysicalAplic physical;
    private final int[] harts;
    private final Place place;
    private final Files files;
    private final long size;
    private final GuestErrors errors;
    private final Aplic aplic;
    private final MappedDevice domain;
    /** By word of 32 sources: those that are linked. */
    private final int[] linked;

    /**
     * A virtual APLIC in reset state, with as many sources as the board's.
     *
     * @param name the instance's name
     * @param physical the board's APLIC
     * @param place the VM's harts and files
     * @param files takes messages of the VM's emulated devices and of genmsi
     * @param size of the register window
     * @param errors where the guest's mistakes are reported
     */
    public VirtualAplic(String name, PhysicalAplic physical, Place place, Files files, long size, GuestErrors errors) {
        this.name = name;
        this.physical = physical;
        this.place = place;
        this.harts = place.harts();
        this.files = files;
        this.size = size;
        this.errors = errors;
        int identityBits = Integer.SIZE - Integer.numberOfLeadingZeros(place.identities());
        InterruptLine[] pins = {InterruptLine.UNCONNECTED};
        aplic = new Aplic(
                name, new Aplic.Parameters(physical.sources(), 1, identityBits), pins, pins, this::message, errors);
        domain = aplic.supervisorDomain();
        linked = new int[physical.sources() / 32 + 1];
        setUp();
    }

    /** What machine-mode firmware does: all sources to the domain, and the files' addresses. Then the domain's one mode. */
    private void setUp() {
        MappedDevice root = aplic.machineDomain();
        root.write(Device.NO_CORE, AplicMap.MMSIADDRCFG, 4, 0);
        root.write(Device.NO_CORE, AplicMap.MMSIADDRCFGH, 4, HART_INDEX_WIDTH);
        root.write(Device.NO_CORE, AplicMap.SMSIADDRCFG, 4, 0);
        root.write(Device.NO_CORE, AplicMap.SMSIADDRCFGH, 4, HART_INDEX_SHIFT);
        for (int source = 1; source <= physical.sources(); source++) {
            root.write(Device.NO_CORE, AplicMap.sourceConfiguration(source), 4, DELEGATED);
        }
        domain.write(Device.NO_CORE, AplicMap.DOMAINCFG, 4, AplicMap.DOMAINCFG_DM);
    }

    @Override
    public void link(int source) {
        if (!exists(source)) {
            throw new IllegalArgumentException(
                    "%s: the board's APLIC has sources 1 to %d, not %d".formatted(name, physical.sources(), source));
        }
        linked[source >>> 5] |= 1 << source;
    }

    private boolean exists(int source) {
        return source >= 1 && source <= physical.sources();
    }

    private boolean isLinked(int source) {
        return (linked[source >>> 5] >>> source & 1) != 0;
    }

    @Override
    public InterruptLine source(int source) {
        return aplic.source(source);
    }

    /** A message of the model: of an emulated device, or one that the guest asked for. */
    private void message(long address, int identity) {
        int vcpu = (int) (address >>> AplicMap.HART_SHIFT);
        int guest = (int) (address >>> AplicMap.GUEST_SHIFT) & AplicMap.GUEST_MASK;
        if (vcpu < harts.length && guest == 0) {
            files.send(vcpu, identity);
        } else {
            errors.report(
                    Device.NO_CORE,
                    name,
                    "message %d to guest file %d of hart %d, which the VM has not, is lost",
                    identity,
                    guest,
                    vcpu);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return size;
    }

    /** Reset state; the VM's sources are silent on the board. */
    @Override
    public void reset() {
        close();
        aplic.machineDomain().reset();
        domain.reset();
        setUp();
    }

    @Override
    public void close() {
        for (int source = 1; source <= physical.sources(); source++) {
            if (isLinked(source)) {
                physical.configure(harts[0], source, 0);
            }
        }
    }

    // ---- registers ----

    @Override
    public long read(Vcpu vcpu, long offset, int width) {
        if (isDirectDelivery(vcpu, offset)) {
            return 0;
        }
        long value = domain.read(vcpu.core(), offset, width);
        int array = (int) offset & AplicMap.ARRAY;
        int word = (int) (offset & 0xff) >>> 2;
        boolean bits = offset < AplicMap.ARRAYS_END && (array == AplicMap.SETIP || array == AplicMap.CLRIP);
        if (!bits || !isWord(offset, width) || word >= linked.length) {
            return value;
        }
        int mask = linked[word];
        return (value & ~mask | physical.bits(vcpu.core(), array, word) & mask) & 0xffff_ffffL;
    }

    @Override
    public void write(Vcpu vcpu, long offset, int width, long value) {
        if (isDirectDelivery(vcpu, offset)) {
            return;
        }
        int hart = vcpu.core();
        int register = (int) offset;
        int bits = (int) value;
        if (!isWord(offset, width) || register < 0) {
            domain.write(hart, offset, width, value); // which reports it
        } else if (register == AplicMap.DOMAINCFG) {
            writeDomain(hart, bits);
        } else if (register < AplicMap.SOURCECFG_END) {
            writeSource(hart, register, bits);
        } else if (register == AplicMap.SETIPNUM_LE) {
            writeNumber(hart, AplicMap.SETIP, bits);
        } else if (register == AplicMap.SETIPNUM_BE) {
            writeNumber(hart, AplicMap.SETIP, Integer.reverseBytes(bits));
        } else if (register >= AplicMap.SETIP && register < AplicMap.ARRAYS_END) {
            writeArray(hart, register, bits);
        } else if (register > AplicMap.GENMSI) {
            writeTarget(hart, register, bits);
        } else {
            domain.write(hart, register, 4, bits);
        }
    }

    private static boolean isWord(long offset, int width) {
        return width == 4 && (offset & 3) == 0;
    }

    private boolean isDirectDelivery(Vcpu vcpu, long offset) {
        if (offset < AplicMap.DIRECT_DELIVERY) {
            return false;
        }
        errors.report(
                vcpu.core(),
                name,
                "access at offset 0x%x: a domain that only sends messages has nothing there",
                offset);
        return true;
    }

    private void writeDomain(int hart, int value) {
        // DM is read-only here, so a guest that clears the whole register is right.
        if ((value & (AplicMap.DOMAINCFG_IE | AplicMap.DOMAINCFG_DM)) == AplicMap.DOMAINCFG_IE) {
            errors.report(hart, name, "domaincfg 0x%x: the domain only sends messages (DM stays 1)", value);
        }
        domain.write(hart, AplicMap.DOMAINCFG, 4, value | AplicMap.DOMAINCFG_DM);
        for (int word = 0; word < linked.length; word++) {
            forward(hart, word, -1);
        }
    }

    private void writeSource(int hart, int register, int value) {
        int mode = value & 7;
        if ((value & DELEGATED) != 0) {
            errors.report(hart, name, "sourcecfg 0x%x: the domain has no child to delegate a source to", value);
        } else if (mode == 2 || mode == 3) {
            errors.report(hart, name, "sourcecfg 0x%x: mode %d is reserved", value, mode);
        }
        domain.write(hart, register, 4, value);
        forward(hart, register >>> 2);
    }

    private void writeTarget(int hart, int register, int value) {
        int vcpu = value >>> AplicMap.HART_SHIFT;
        int guest = value >>> AplicMap.GUEST_SHIFT & AplicMap.GUEST_MASK;
        int identity = value & AplicMap.IDENTITY_MASK;
        if (vcpu >= harts.length) {
            errors.report(hart, name, "target 0x%x: hart %d of %d", value, vcpu, harts.length);
        } else if (guest != 0) {
            errors.report(hart, name, "target 0x%x: guest file %d, and the VM's harts have none", value, guest);
        } else if (identity > place.identities()) {
            errors.report(hart, name, "target 0x%x: identity %d of %d", value, identity, place.identities());
        }
        domain.write(hart, register, 4, value);
        forward(hart, register - AplicMap.GENMSI >>> 2);
    }

    private void writeArray(int hart, int register, int value) {
        int array = register & AplicMap.ARRAY;
        int place = register & 0xff;
        if (place == AplicMap.NUMBER) {
            writeNumber(hart, array, value);
        } else if (place >>> 2 < linked.length) {
            writeBits(hart, array, place >>> 2, value);
        } else {
            domain.write(hart, register, 4, value);
        }
    }

    private void writeNumber(int hart, int array, int source) {
        if (exists(source)) {
            writeBits(hart, array, source >>> 5, 1 << source);
        } else {
            errors.report(hart, name, "source %d of %d", Integer.toUnsignedLong(source), physical.sources());
        }
    }

    /** A write to setip, in_clrip, setie or clrie. What is pending of linked sources is known to the board's APLIC alone. */
    private void writeBits(int hart, int array, int word, int bits) {
        if (array == AplicMap.SETIE || array == AplicMap.CLRIE) {
            domain.write(hart, array + 4L * word, 4, bits);
            forward(hart, word, bits);
            return;
        }
        domain.write(hart, array + 4L * word, 4, bits & ~linked[word]);
        int own = bits & linked[word];
        if (own != 0) {
            physical.act(hart, array, word, own);
        }
    }

    // ---- to the board ----

    private void forward(int hart, int word, int bits) {
        for (int rest = bits & linked[word]; rest != 0; rest &= rest - 1) {
            forward(hart, word * 32 + Integer.numberOfTrailingZeros(rest));
        }
    }

    /** Sets a source up in the board's APLIC as the guest has set it up here; silent while its target is not the VM's. */
    private void forward(int hart, int source) {
        if (!exists(source) || !isLinked(source)) {
            return;
        }
        int target = model(AplicMap.target(source));
        int vcpu = target >>> AplicMap.HART_SHIFT;
        boolean reachable = vcpu < harts.length && (target >>> AplicMap.GUEST_SHIFT & AplicMap.GUEST_MASK) == 0;
        boolean enabled = (model(AplicMap.SETIE + 4 * (source >>> 5)) >>> source & 1) != 0;
        boolean delivers = (model(AplicMap.DOMAINCFG) & AplicMap.DOMAINCFG_IE) != 0;
        if (!reachable || !enabled || !delivers) {
            physical.enable(hart, source, false);
        }
        physical.configure(hart, source, model(AplicMap.sourceConfiguration(source)));
        if (reachable) {
            int identity = target & AplicMap.IDENTITY_MASK;
            physical.target(hart, source, AplicMap.target(harts[vcpu], place.guestFile(), identity));
            if (enabled && delivers) {
                physical.enable(hart, source, true);
            }
        }
    }

    private int model(int register) {
        return (int) domain.read(Device.NO_CORE, register, 4);
    }

    @Override
    public String toString() {
        return name + Arrays.toString(harts);
    }
}
