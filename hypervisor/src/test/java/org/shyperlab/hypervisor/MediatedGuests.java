package org.shyperlab.hypervisor;

/** A guest that serves a mediated disk and one that writes to it, in AArch64 machine code, with their source beside them. */
final class MediatedGuests {
    /**
     * Offers a disk of 64 sectors, says of every message that its request is done, and counts them at 0x40100000.
     *
     * <pre>
     * mov x7, #0x200; mov x0, #0x40300000; mov x1, #0x40300000; add x2, x1, #0x1000; mov x12, x2; hvc #0; mov x7, #0x330;
     * mov x0, #0; mov x1, #0x40200000; mov x2, #0x1000; mov x3, #64; hvc #0; mov x9, #0x40100000; 1: ldr x11, [x12]; cmp
     * x11, x10; b.eq 1b; add x10, x10, #1; mov x7, #0x331; mov x0, #0; mov x1, #0; hvc #0; str x10, [x9]; b 1b
     * </pre>
     */
    static final byte[] DAEMON = Guests.words(
            0xd2804007,
            0xd2a80600,
            0xd2a80601,
            0x91400422,
            0xaa0203ec,
            0xd4000002,
            0xd2806607,
            0xd2800000,
            0xd2a80401,
            0xd2820002,
            0xd2800803,
            0xd4000002,
            0xd2a80209,
            0xf940018b,
            0xeb0a017f,
            0x54ffffc0,
            0x9100054a,
            0xd2806627,
            0xd2800000,
            0xd2800001,
            0xd4000002,
            0xf900012a,
            0x17fffff7);

    /**
     * Writes a sector through the virtio disk at 0x0a000000 over and over, waits by looking, and counts at 0x40100000.
     *
     * <pre>
     * mov x1, #0x0a000000; mov x9, #0x40100000; mov x4, #0x40200000; add x10, x4, #0x1000; add x11, x4, #0x2000; add x5, x4,
     * #0x3000; mov w3, #1; str w3, [x1, #0x70]; mov w2, #3; str w2, [x1, #0x70]; str w3, [x1, #0x24]; str w3, [x1, #0x20];
     * mov w2, #11; str w2, [x1, #0x70]; mov w2, #8; str w2, [x1, #0x38]; str w4, [x1, #0x80]; str w10, [x1, #0x90]; str w11,
     * [x1, #0xa0]; str w3, [x1, #0x44]; mov w2, #15; str w2, [x1, #0x70]; str w3, [x5]; str w3, [x10]; str x5, [x4]; mov w2,
     * #16; str w2, [x4, #8]; mov w2, #0x10001; str w2, [x4, #12]; add x5, x5, #0x1000; str x5, [x4, #16]; mov w2, #512; str
     * w2, [x4, #24]; mov w2, #1; movk w2, #2, lsl #16; str w2, [x4, #28]; add x5, x5, #0x1000; str x5, [x4, #32]; str w3,
     * [x4, #40]; mov w2, #2; str w2, [x4, #44]; 1: add w8, w8, #1; strh w8, [x10, #2]; str wzr, [x1, #0x50]; 2: ldrh w6,
     * [x11, #2]; cmp w6, w8, uxth; b.ne 2b; str x8, [x9]; b 1b
     * </pre>
     */
    static final byte[] WRITER = Guests.words(
            0xd2a14001,
            0xd2a80209,
            0xd2a80404,
            0x9140048a,
            0x9140088b,
            0x91400c85,
            0x52800023,
            0xb9007023,
            0x52800062,
            0xb9007022,
            0xb9002423,
            0xb9002023,
            0x52800162,
            0xb9007022,
            0x52800102,
            0xb9003822,
            0xb9008024,
            0xb900902a,
            0xb900a02b,
            0xb9004423,
            0x528001e2,
            0xb9007022,
            0xb90000a3,
            0xb9000143,
            0xf9000085,
            0x52800202,
            0xb9000882,
            0x320083e2,
            0xb9000c82,
            0x914004a5,
            0xf9000885,
            0x52804002,
            0xb9001882,
            0x52800022,
            0x72a00042,
            0xb9001c82,
            0x914004a5,
            0xf9001085,
            0xb9002883,
            0x52800042,
            0xb9002c82,
            0x11000508,
            0x79000548,
            0xb900503f,
            0x79400566,
            0x6b2820df,
            0x54ffffc1,
            0xf9000128,
            0x17fffff9);

    private MediatedGuests() {}
}
