package org.shyperlab.hypervisor.device;

import java.util.Arrays;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.hypervisor.hypercall.Hypercalls;
import org.shyperlab.hypervisor.memory.GuestRam;
import org.shyperlab.hypervisor.vcpu.Vcpu;

/**
 * The shyper device: hypercalls for user space, which can execute neither HVC nor ecall. A page of 64-bit registers; behind it, memory
 * that the hypervisor maps, for what arguments point to. {@code docs/hypercalls.md} has the registers.
 */
public final class ShyperDevice implements EmulatedDevice {
    /** Bytes of the registers; the shared window follows. */
    public static final long REGISTERS = 0x1000;

    private static final int WORD = 8;
    private static final int CALL = 0x38;
    private static final int RESULT = 0x40;
    private static final int WINDOW_BASE = 0x48;
    private static final int WINDOW_SIZE = 0x50;
    private static final int VM_ID = 0x58;
    private static final int MAGIC = 0x60;
    private static final int INTERRUPT = 0x68;
    private static final int PORT = 0x70;
    private static final int CALL_BLOCK = 0x78;
    /** Bytes of a block in the window that holds a call: arguments, code and result, as the registers do. */
    private static final int BLOCK_BYTES = 0x48;
    /** SHYPER01, little-endian. */
    private static final long MAGIC_VALUE = 0x3130_5245_5059_4853L;

    /**
     * The VM's notification port, a virtio console on which it is told of messages.
     *
     * @param base where the VM sees the console, or 0 when it has none
     * @param ring writes a line there
     */
    public record Port(long base, Runnable ring) {}

    /**
     * Its interrupt.
     *
     * @param line the wire
     * @param pulse makes it pending once, whatever sensitivity the guest has set
     */
    public record Wire(InterruptLine line, Runnable pulse) {}

    /**
     * Where the VM sees the device.
     *
     * @param base address of the registers
     * @param size bytes of registers and window together
     * @param memory the VM's memory, which the window is a part of
     */
    public record Place(long base, long size, GuestRam memory) {}

    private final String name;
    private final Place place;
    private final Hypercalls hypercalls;
    private final Wire wire;
    private final Port port;
    private final GuestErrors errors;
    private final long[] arguments = new long[Hypercalls.ARGUMENTS];
    private long result;
    private boolean notified;

    /**
     * The device of one VM.
     *
     * @param name its name in messages
     * @param place where the VM sees it
     * @param wire its interrupt, which says that there is a message
     * @param port the VM's notification port
     */
    public ShyperDevice(String name, Place place, Hypercalls hypercalls, Wire wire, Port port, GuestErrors errors) {
        this.name = name;
        this.place = place;
        this.hypercalls = hypercalls;
        this.wire = wire;
        this.port = port;
        this.errors = errors;
    }

    /** There is a message for a guest that will not lower the interrupt: makes it pending, and that is all. */
    public void notifyGuestOnce() {
        wire.pulse().run();
    }

    /** There is a message: raises the interrupt until the guest writes the interrupt register or acknowledges messages. */
    public void notifyGuest() {
        setNotified(true);
    }

    /** The guest has seen it. */
    public void seen() {
        setNotified(false);
    }

    private void setNotified(boolean value) {
        if (notified != value) {
            notified = value;
            wire.line().set(value);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return place.size();
    }

    private boolean isWord(Vcpu vcpu, long offset, int width) {
        if (width == WORD && (offset & WORD - 1) == 0) {
            return true;
        }
        errors.report(
                vcpu.core(), name, "access of %d bytes at offset 0x%x: registers are 8 aligned bytes", width, offset);
        return false;
    }

    @Override
    public long read(Vcpu vcpu, long offset, int width) {
        if (!isWord(vcpu, offset, width)) {
            return 0;
        }
        if (offset < CALL) {
            return arguments[(int) offset / WORD];
        }
        return switch ((int) offset) {
            case RESULT -> result;
            case WINDOW_BASE -> place.base() + REGISTERS;
            case WINDOW_SIZE -> place.size() - REGISTERS;
            case VM_ID -> vcpu.vm();
            case MAGIC -> MAGIC_VALUE;
            case INTERRUPT -> notified ? 1 : 0;
            case PORT -> port.base();
            default -> 0;
        };
    }

    @Override
    public void write(Vcpu vcpu, long offset, int width, long value) {
        if (!isWord(vcpu, offset, width)) {
            return;
        }
        if (offset < CALL) {
            arguments[(int) offset / WORD] = value;
        } else if (offset == CALL) {
            System.arraycopy(arguments, 0, hypercalls.arguments(), 0, arguments.length);
            result = hypercalls.call(vcpu.vm(), value);
        } else if (offset == CALL_BLOCK) {
            callOf(vcpu, value);
        } else if (offset == INTERRUPT) {
            seen();
        } else if (offset == PORT) {
            port.ring().run();
        } else {
            errors.report(vcpu.core(), name, "write to register 0x%x, which is read-only", offset);
        }
    }

    /** Carries out the call in the block at {@code offset} of the window: one trap instead of one for each register. */
    private void callOf(Vcpu vcpu, long offset) {
        if ((offset & WORD - 1) != 0 || offset < 0 || offset > place.size() - REGISTERS - BLOCK_BYTES) {
            errors.report(vcpu.core(), name, "a call at offset 0x%x, which is no block of the window", offset);
            return;
        }
        GuestRam memory = place.memory();
        long block = place.base() + REGISTERS + offset;
        long[] given = hypercalls.arguments();
        for (int i = 0; i < given.length; i++) {
            given[i] = memory.readWord(block + (long) i * WORD);
        }
        memory.writeWord(block + RESULT, hypercalls.call(vcpu.vm(), memory.readWord(block + CALL)));
    }

    @Override
    public void reset() {
        Arrays.fill(arguments, 0);
        result = 0;
        setNotified(false);
    }
}
