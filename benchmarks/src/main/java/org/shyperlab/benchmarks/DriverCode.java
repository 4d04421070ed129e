package org.shyperlab.benchmarks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * AArch64 code of a guest that drives virtio devices over MMIO with its interrupts masked: after each notification it takes the
 * interrupt from its GIC by hand, as its handler would. Every buffer is notified of and interrupts when used.
 */
final class DriverCode {
    /** A ring of 256 descriptors: a page with its table, and one with its driver area and its device area. */
    static final int RING_BYTES = 0x2000;

    private static final int DRIVER_AREA = 0x1000;
    private static final int DEVICE_AREA = 0x1400;
    private static final int INDEX = 2;
    private static final int BYTES = 0x4000;

    // Registers of the round; 0 to 3 are for anything.
    private static final int FIRST_DEVICE = 10;
    private static final int CPU_INTERFACE = 20;
    private static final int ROUND = 21;

    private final long distributor;
    private final ByteBuffer code = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private int roundAt;

    /** A guest whose GIC is there; a device's registers and ring are in registers 10 + 2n and 11 + 2n. */
    DriverCode(long distributor, long cpuInterface) {
        this.distributor = distributor;
        poke(4, distributor, 1);
        poke(4, cpuInterface + 4, 0xff);
        poke(4, cpuInterface, 1);
        constant(CPU_INTERFACE, cpuInterface);
        constant(ROUND, 0);
    }

    private void put(int instruction) {
        code.putInt(instruction);
    }

    /** MOVZ and three MOVK. */
    private void constant(int register, long value) {
        for (int part = 0; part < 4; part++) {
            int immediate = (int) (value >>> 16 * part) & 0xffff;
            put((part == 0 ? 0xd280_0000 : 0xf280_0000) | part << 21 | immediate << 5 | register);
        }
    }

    /** STR of 4 or 8 bytes. */
    void poke(int bytes, long address, long value) {
        constant(0, address);
        constant(1, value);
        put((bytes == 8 ? 0xf900_0000 : 0xb900_0000) | 1);
    }

    private void store(int value, int base, int offset) {
        put(0xb900_0000 | offset / 4 << 10 | base << 5 | value);
    }

    private void load(int value, int base, int offset) {
        put(0xb940_0000 | offset / 4 << 10 | base << 5 | value);
    }

    /** The driver of device {@code number} starts: resets it, accepts VERSION_1, lets its interrupt come here. */
    void begin(int number, long device, int interrupt) {
        constant(FIRST_DEVICE + 2 * number, device);
        poke(4, distributor + 0x800 + interrupt / 4 * 4L, 0x0101_0101);
        poke(4, distributor + 0x100 + interrupt / 32 * 4L, 1L << interrupt % 32);
        poke(4, device + 0x70, 0);
        poke(4, device + 0x70, 3);
        poke(4, device + 0x24, 1);
        poke(4, device + 0x20, 1);
        poke(4, device + 0x70, 0xb);
    }

    /** One ring of the device, the only one that it uses, with one buffer of these pieces that is made available again and again. */
    void ring(int number, long device, int ring, long page, BenchRing.Piece... pieces) {
        constant(FIRST_DEVICE + 2 * number + 1, page);
        poke(4, device + 0x30, ring);
        poke(4, device + 0x38, 256);
        poke(4, device + 0x80, page);
        poke(4, device + 0x90, page + DRIVER_AREA);
        poke(4, device + 0xa0, page + DEVICE_AREA);
        poke(4, device + 0x44, 1);
        poke(4, device + 0x70, 0xf);
        for (int i = 0; i < pieces.length; i++) {
            long flags = (i + 1 < pieces.length ? 1 : 0) | (pieces[i].writable() ? 2 : 0);
            poke(8, page + 16L * i, pieces[i].address());
            poke(8, page + 16L * i + 8, pieces[i].length() | flags << 32 | (i + 1L) << 48);
        }
    }

    /** What follows is done again and again, until {@link #end}. */
    void round() {
        roundAt = code.position();
        put(0x9100_0400 | ROUND << 5 | ROUND); // ADD
    }

    /** Makes the buffer of device {@code number} available and notifies: one trap. */
    void submit(int number, int ring) {
        int page = FIRST_DEVICE + 2 * number + 1;
        put(0x7900_0000 | (DRIVER_AREA + INDEX) / 2 << 10 | page << 5 | ROUND); // STRH
        put(0x5280_0000 | ring << 5); // MOV W0
        store(0, FIRST_DEVICE + 2 * number, 0x50);
    }

    /** Takes the device's interrupt: acknowledges it at the GIC, asks the device why, acknowledges there, ends it; two traps. */
    void finish(int number) {
        int device = FIRST_DEVICE + 2 * number;
        load(1, CPU_INTERFACE, 0x0c);
        load(2, device, 0x60);
        store(2, device, 0x64);
        store(1, CPU_INTERFACE, 0x10);
        put(0x7940_0000 | (DEVICE_AREA + INDEX) / 2 << 10 | device + 1 << 5 | 3); // LDRH W3
        put(0x5300_3c00 | ROUND << 5); // UXTH W0
        put(0x6b00_007f); // CMP W3, W0
        put(0x5400_0001); // B.NE to itself: the buffer did not come back, and the guest makes no more rounds
    }

    /** The round ends; how many instructions it has. */
    int end() {
        int back = (roundAt - code.position()) / 4;
        put(0x1400_0000 | back & 0x3ff_ffff); // B
        return (code.position() - roundAt) / 4;
    }

    byte[] image() {
        return code.array();
    }
}
