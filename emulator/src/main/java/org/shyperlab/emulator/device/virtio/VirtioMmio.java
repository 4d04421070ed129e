package org.shyperlab.emulator.device.virtio;

import static org.shyperlab.emulator.device.Register.ANY_SIZE;
import static org.shyperlab.emulator.device.Register.constant;
import static org.shyperlab.emulator.device.Register.readOnly;
import static org.shyperlab.emulator.device.Register.writeActs;
import static org.shyperlab.emulator.device.Register.writeOnly;

import org.shyperlab.emulator.device.Device;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.MappedDevice;
import org.shyperlab.emulator.device.RegisterMap;
import org.shyperlab.emulator.memory.DmaMemory;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * Virtio over MMIO, version 2 (Virtio 4.2): registers, negotiation of features, and the life of the device from reset to ready.
 *
 * <p>All registers lie in the first 0x200 bytes, so that slots may be that close; the window of a device on its own is a page.
 */
public final class VirtioMmio implements MappedDevice {
    /** Bytes of the window that have registers. */
    public static final int REGISTER_BYTES = 0x200;

    /** What MagicValue reads: "virt". */
    static final int MAGIC = 0x7472_6976;
    /** What Version reads: the protocol of the specification, not that from before it. */
    static final int VERSION = 2;

    private static final int WINDOW_BYTES = 0x1000;
    /** "SHYP": any number will do (Virtio 4.2.2.1). */
    private static final int VENDOR = 0x5059_4853;

    private static final int CONFIG = 0x100;

    // Device status (2.1).
    private static final int DRIVER_OK = 4;
    private static final int FEATURES_OK = 8;
    private static final int NEEDS_RESET = 64;

    // Interrupt status (4.2.2).
    private static final int USED_BUFFER = 1;
    private static final int CONFIG_CHANGED = 2;

    private static final long LOW = 0xffff_ffffL;

    private final VirtioDevice device;
    private final InterruptLine interrupt;
    private final GuestErrors errors;
    private final Virtqueue[] rings;
    private final RegisterMap registers;
    private int status;
    private int interruptStatus;
    private int generation;
    private long accepted;
    private int offeredHalf;
    private int acceptedHalf;
    private int selected;
    /** Who makes the access that is under way, for reports. */
    private int core = Device.NO_CORE;

    /**
     * A transport with {@code device} behind it, in reset.
     *
     * @param memory what the device reaches by the driver's addresses
     * @param interrupt high while InterruptStatus is not zero
     * @param errors where the driver's mistakes are reported
     */
    public VirtioMmio(VirtioDevice device, DmaMemory memory, InterruptLine interrupt, GuestErrors errors) {
        this.device = device;
        this.interrupt = interrupt;
        this.errors = errors;
        this.rings = new Virtqueue[device.rings()];
        for (int n = 0; n < rings.length; n++) {
            rings[n] = device.ring(n);
            rings[n].connect(memory, new RingOwner());
        }
        this.registers = table();
        device.connect(new Transport());
    }

    private RegisterMap table() {
        RegisterMap.Builder table = RegisterMap.of(device.name(), WINDOW_BYTES, errors)
                .add(constant(0x000, "MagicValue", MAGIC))
                .add(constant(0x004, "Version", VERSION))
                .add(constant(0x008, "DeviceID", device.id()))
                .add(constant(0x00c, "VendorID", VENDOR))
                .add(readOnly(0x010, "DeviceFeatures", (by, n) -> half(offered(), offeredHalf))
                        .resetsTo((int) offered()))
                .add(writeOnly(0x014, "DeviceFeaturesSel", (by, n, value) -> offeredHalf = value))
                .add(writeOnly(0x020, "DriverFeatures", (by, n, value) -> accept(value)))
                .add(writeOnly(0x024, "DriverFeaturesSel", (by, n, value) -> acceptedHalf = value))
                .add(writeOnly(0x030, "QueueSel", (by, n, value) -> selected = value))
                .add(readOnly(0x034, "QueueNumMax", (by, n) -> selectedExists() ? Virtqueue.MAX_SIZE : 0)
                        .resetsTo(rings.length > 0 ? Virtqueue.MAX_SIZE : 0))
                .add(writeOnly(0x038, "QueueNum", (by, n, value) -> writeSize(value)))
                .add(writeActs(0x044, "QueueReady", (by, n) -> isReady() ? 1 : 0, (by, n, value) -> writeReady(value))
                        .field("READY", 0, 0))
                .add(writeOnly(0x050, "QueueNotify", (by, n, value) -> notified(value)))
                .add(readOnly(0x060, "InterruptStatus", (by, n) -> interruptStatus))
                .add(writeOnly(0x064, "InterruptACK", (by, n, value) -> acknowledge(value)))
                .add(writeActs(0x070, "Status", (by, n) -> status, (by, n, value) -> writeStatus(value))
                        .field("Status", 7, 0))
                // There is no shared memory: its length reads as all ones (4.2.2.1).
                .add(writeOnly(0x0ac, "SHMSel", (by, n, value) -> {}))
                .add(constant(0x0b0, "SHMLenLow", -1))
                .add(constant(0x0b4, "SHMLenHigh", -1))
                .add(constant(0x0b8, "SHMBaseLow", -1))
                .add(constant(0x0bc, "SHMBaseHigh", -1))
                .add(readOnly(0x0fc, "ConfigGeneration", (by, n) -> generation).withVaryingReset());
        addresses(table);
        if (device.configWords() > 0) {
            table.add(readOnly(CONFIG, "Config", (by, n) -> device.configWord(n))
                    .times(device.configWords())
                    .sizes(ANY_SIZE)
                    .withVaryingReset());
        }
        return table.build();
    }

    private void addresses(RegisterMap.Builder table) {
        table.add(writeOnly(0x080, "QueueDescLow", (by, n, value) -> {
                    if (canSetUp("QueueDescLow")) {
                        ring().descriptors(ring().descriptors() & ~LOW | value & LOW);
                    }
                }))
                .add(writeOnly(0x084, "QueueDescHigh", (by, n, value) -> {
                    if (canSetUp("QueueDescHigh")) {
                        ring().descriptors(ring().descriptors() & LOW | (long) value << 32);
                    }
                }))
                .add(writeOnly(0x090, "QueueDriverLow", (by, n, value) -> {
                    if (canSetUp("QueueDriverLow")) {
                        ring().driverArea(ring().driverArea() & ~LOW | value & LOW);
                    }
                }))
                .add(writeOnly(0x094, "QueueDriverHigh", (by, n, value) -> {
                    if (canSetUp("QueueDriverHigh")) {
                        ring().driverArea(ring().driverArea() & LOW | (long) value << 32);
                    }
                }))
                .add(writeOnly(0x0a0, "QueueDeviceLow", (by, n, value) -> {
                    if (canSetUp("QueueDeviceLow")) {
                        ring().deviceArea(ring().deviceArea() & ~LOW | value & LOW);
                    }
                }))
                .add(writeOnly(0x0a4, "QueueDeviceHigh", (by, n, value) -> {
                    if (canSetUp("QueueDeviceHigh")) {
                        ring().deviceArea(ring().deviceArea() & LOW | (long) value << 32);
                    }
                }));
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public RegisterMap registers() {
        return registers;
    }

    @Override
    public void write(int by, long offset, int size, long value) {
        core = by;
        registers.write(by, offset, size, value);
        core = Device.NO_CORE;
    }

    // ---- features ----

    private long offered() {
        return device.features() | Features.COMMON;
    }

    private static int half(long features, int half) {
        return switch (half) {
            case 0 -> (int) features;
            case 1 -> (int) (features >>> 32);
            default -> 0;
        };
    }

    private void accept(int value) {
        if ((status & FEATURES_OK) != 0) {
            report("DriverFeatures is written after FEATURES_OK (Virtio 3.1.1)");
        } else if (acceptedHalf == 0) {
            accepted = accepted & ~LOW | value & LOW;
        } else if (acceptedHalf == 1) {
            accepted = accepted & LOW | (long) value << 32;
        } else if (value != 0) {
            report(
                    "features 0x%x from bit %d on are accepted, and none there was offered (Virtio 2.2.1)",
                    value, 32L * acceptedHalf);
        }
    }

    private boolean areFeaturesGood() {
        long unknown = accepted & ~offered();
        if (unknown != 0) {
            report("features 0x%x are accepted and were not offered (Virtio 2.2.1)", unknown);
        }
        long incomplete = device.incomplete(accepted);
        if (incomplete != 0) {
            report("features 0x%x are accepted without one that they need (Virtio 2.2.1)", incomplete);
        }
        boolean current = (accepted & Features.VERSION_1) != 0;
        if (!current) {
            report("VIRTIO_F_VERSION_1 is not accepted, and there is no other protocol (Virtio 6.1)");
        }
        return unknown == 0 && incomplete == 0 && current;
    }

    // ---- status ----

    private void writeStatus(int value) {
        if (value == 0) {
            reset();
            return;
        }
        if ((status & ~value & ~NEEDS_RESET) != 0) {
            report("status 0x%x is written, which clears bits of 0x%x (Virtio 2.1.1)", value, status);
        }
        int set = value & ~status & ~NEEDS_RESET;
        if ((set & FEATURES_OK) != 0 && !areFeaturesGood()) {
            set &= ~FEATURES_OK; // by which the driver sees it (3.1.1)
        }
        if ((set & DRIVER_OK) != 0 && ((status | set) & FEATURES_OK) == 0) {
            report("DRIVER_OK is set without FEATURES_OK (Virtio 3.1.1)");
            set &= ~DRIVER_OK;
        }
        status |= set;
        if ((set & DRIVER_OK) != 0 && isRunning()) {
            device.start();
        }
    }

    private boolean isRunning() {
        return (status & (DRIVER_OK | NEEDS_RESET)) == DRIVER_OK;
    }

    @Override
    public void reset() {
        status = 0;
        accepted = 0;
        offeredHalf = 0;
        acceptedHalf = 0;
        selected = 0;
        for (Virtqueue ring : rings) {
            ring.reset();
        }
        device.reset();
        interruptStatus = 0;
        interrupt.set(false);
    }

    // ---- rings ----

    private boolean selectedExists() {
        return selected >= 0 && selected < rings.length && device.hasRing(selected);
    }

    private Virtqueue ring() {
        return rings[selected];
    }

    private boolean isReady() {
        return selectedExists() && ring().isReady();
    }

    private boolean canSetUp(String register) {
        if (!selectedExists()) {
            report(
                    "%s is written for ring %s, which the device does not have (Virtio 4.2.2.2)",
                    register, Integer.toUnsignedString(selected));
            return false;
        }
        if (ring().isReady()) {
            report("%s is written while ring %d is ready (Virtio 4.2.2.2)", register, selected);
            return false;
        }
        return true;
    }

    private void writeSize(int value) {
        if (canSetUp("QueueNum")) {
            ring().size(value);
        }
    }

    private void writeReady(int value) {
        if (value == 0) {
            if (selectedExists()) {
                ring().disable();
            }
        } else if (canSetUp("QueueReady")) {
            if ((status & FEATURES_OK) == 0) {
                report("ring %d is made ready before FEATURES_OK (Virtio 3.1.1)", selected);
            } else {
                ring().enable(accepted);
            }
        }
    }

    private void notified(int number) {
        if ((status & NEEDS_RESET) != 0) {
            return; // the driver may not know yet
        }
        if (!isRunning()) {
            report("ring %s is notified before DRIVER_OK (Virtio 3.1.1)", Integer.toUnsignedString(number));
        } else if (number < 0 || number >= rings.length || !rings[number].isReady()) {
            report("ring %s is notified and not ready (Virtio 4.2.2.2)", Integer.toUnsignedString(number));
        } else {
            device.notified(number);
        }
    }

    // ---- interrupts ----

    private void raise(int cause) {
        interruptStatus |= cause;
        interrupt.set(true);
    }

    private void acknowledge(int causes) {
        interruptStatus &= ~causes;
        interrupt.set(interruptStatus != 0);
    }

    private void report(String format, Object... arguments) {
        errors.report(core, device.name(), format, arguments);
    }

    /** What the device sees of this transport. */
    private final class Transport implements VirtioTransport {
        @Override
        public boolean accepted(long feature) {
            return (accepted & feature) != 0;
        }

        @Override
        public boolean isRunning() {
            return VirtioMmio.this.isRunning();
        }

        @Override
        public void configChanged(boolean tell) {
            generation++;
            if (tell && (status & DRIVER_OK) != 0) {
                raise(CONFIG_CHANGED);
            }
        }
    }

    /** What the rings tell this transport. */
    private final class RingOwner implements Virtqueue.Owner {
        @Override
        public void used() {
            raise(USED_BUFFER);
        }

        @Override
        public void broken(int number, String rule) {
            if ((status & NEEDS_RESET) != 0) {
                return;
            }
            report("ring %d: %s; the device waits for its reset", number, rule);
            for (Virtqueue ring : rings) {
                ring.stop();
            }
            status |= NEEDS_RESET;
            if ((status & DRIVER_OK) != 0) {
                raise(CONFIG_CHANGED);
            }
        }
    }
}
