package org.shyperlab.guestimages;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The parameters of a {@code bench}, {@code latency}, {@code disk} or {@code packets} image, as 64-bit little-endian words from offset {@link #OFFSET}. Set them in
 * the bytes before they are loaded; while the guest runs, the result is in its RAM at load address + {@link #RESULT_OFFSET}.
 */
public final class Mailbox {
    /** Where the mailbox begins in the image. */
    public static final int OFFSET = 0x40;

    /** Where the guest counts: interrupts taken so far (latency), counter ticks of the finished loop (bench), or frames (packets). */
    public static final int RESULT_OFFSET = 0x78;

    /**
     * What {@code bench} tells software above it right before a loop selected alone: immediate of an HVC with X0 = selector and X1 =
     * rounds; on RISC-V, with {@link #ANNOUNCING_EXTENSION}, the a7 of an ECALL with these in a0 and a1.
     */
    public static final int LOOP_BEGINS = 0x49;

    /** The same right after it; X2 or a2 = counter ticks. */
    public static final int LOOP_ENDS = 0x4a;

    /** What is added to {@link #LOOP_BEGINS} and {@link #LOOP_ENDS} on RISC-V: SBI's first experimental extension. */
    public static final int ANNOUNCING_EXTENSION = 0x0800_0000;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final byte[] MAGIC = "SHYPMBOX".getBytes(US_ASCII);
    private static final int HIGHEST_INTERRUPT = 1023;
    private static final int SELECTOR = 0x48;
    private static final int ITERATIONS = 0x50;
    private static final int ARGUMENT = 0x58;
    private static final int DEVICE = 0x60;
    private static final int DEVICE_ACCESS = 0x68;
    private static final int DEVICE_VALUE = 0x70;

    private final byte[] image;

    /**
     * The mailbox inside {@code image}, which its methods change in place.
     *
     * @throws IllegalArgumentException when the image has none
     */
    public Mailbox(byte[] image) {
        if (image.length < RESULT_OFFSET + 8
                || !Arrays.equals(image, OFFSET, OFFSET + MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new IllegalArgumentException("the image has no mailbox: no SHYPMBOX at offset 0x40");
        }
        this.image = image;
    }

    /** {@code bench}: run this loop alone, so many rounds (at least 1), between the two marking HVCs. */
    public Mailbox selectLoop(BenchLoop loop, long rounds) {
        if (rounds < 1) {
            throw new IllegalArgumentException("a loop has at least 1 round, not " + rounds);
        }
        set(SELECTOR, loop.selector());
        set(ITERATIONS, rounds);
        return this;
    }

    /** {@code bench}: run every loop so many rounds (at least 1), and print how long each took. */
    public Mailbox everyLoop(long rounds) {
        if (rounds < 1) {
            throw new IllegalArgumentException("a loop has at least 1 round, not " + rounds);
        }
        set(SELECTOR, 0);
        set(ITERATIONS, rounds);
        return this;
    }

    /** {@code bench}: X7 or a7 of the hypercalls of {@link BenchLoop#HYPERCALL}; 0 stands for SYS TEST. */
    public Mailbox hypercall(long number) {
        set(ARGUMENT, number);
        return this;
    }

    /** {@code packets}: send frames for so many milliseconds over the network device whose registers are at {@code device}. */
    public Mailbox send(long device, long milliseconds) {
        return packets(1, device).set(ITERATIONS, milliseconds);
    }

    /** {@code packets}: receive what the other one sends, and let so many nanoseconds pass after each frame. */
    public Mailbox receive(long device, long pauseNanos) {
        return packets(2, device).set(ARGUMENT, pauseNanos);
    }

    private Mailbox packets(int selector, long device) {
        return set(SELECTOR, selector).set(DEVICE, device);
    }

    /**
     * {@code latency}: take this interrupt: INTID of a shared one at the GIC, source at the PLIC or APLIC. Without this call: the
     * UART's, which the guest then sets up.
     */
    public Mailbox interrupt(int number) {
        if (number < 1 || number > HIGHEST_INTERRUPT) {
            throw new IllegalArgumentException("a device's interrupt is 1 to " + HIGHEST_INTERRUPT + ", not " + number);
        }
        set(ARGUMENT, number);
        return this;
    }

    /** {@code latency}: end after so many interrupts; 0 for never, which needs {@link #interrupt}. */
    public Mailbox interrupts(long count) {
        set(ITERATIONS, count);
        return this;
    }

    /** {@code latency}: spin and do not sleep in WFI between interrupts. */
    public Mailbox spin() {
        set(SELECTOR, 1);
        return this;
    }

    /** {@code latency}: the handler lowers the device's line by a 32-bit read of this guest-physical address below 1 GiB. */
    public Mailbox quietenByRead(long address) {
        set(DEVICE, address);
        set(DEVICE_ACCESS, 0);
        return this;
    }

    /** {@code latency}: the handler lowers the device's line by a 32-bit write there. */
    public Mailbox quietenByWrite(long address, int value) {
        set(DEVICE, address);
        set(DEVICE_ACCESS, 1);
        set(DEVICE_VALUE, value & 0xffff_ffffL);
        return this;
    }

    /** {@code disk}: this part, on the virtio block device at this guest-physical address below 4 GiB, with so many blocks of 4 KiB. */
    public Mailbox disk(DiskPart part, long address, long blocks) {
        set(SELECTOR, part.ordinal());
        set(DEVICE, address);
        set(ITERATIONS, blocks);
        return this;
    }

    private Mailbox set(int offset, long value) {
        LONG.set(image, offset, value);
        return this;
    }
}
