package org.shyperlab.hypervisor;

import org.shyperlab.hypervisor.code.Assembler;
import org.shyperlab.hypervisor.code.Label;
import org.shyperlab.hypervisor.code.VirtioCode;
import org.shyperlab.hypervisor.hypercall.Hypercall;

/**
 * Guests whose transfers are under way nearly all the time: a daemon of mediated disks that takes its time, one that uses such a disk, one
 * that sends frames, one that hears them and one that does not. They count at {@link LifeBoard#COUNTER}.
 */
final class TransferProgram {
    /** The page of the disk's ring. */
    static final long DISK_RING = 0x90_0000;

    /** Requests that went wrong, behind the count. */
    static final int WRONG = 8;

    private static final long RECEIVE_RING = 0x91_0000;
    private static final long TRANSMIT_RING = 0x92_0000;
    private static final long MESSAGES = 0x90_0000;
    private static final long MESSAGE_COUNTER = 0x91_0000;
    private static final int MESSAGE_BYTES = 512;
    private static final int SLOTS = 8;
    private static final long BUFFERS = 0xa0_0000;
    private static final int BUFFER_BYTES = 0x1000;
    private static final int DISK_OF_MESSAGE = 16;
    private static final int SECTORS = 64;
    private static final int SECTOR_BYTES = 512;
    private static final int HEADER = 0x300;
    private static final int STATUS = 0x320;
    private static final int DATA = 0x400;
    private static final int PACKET = 0x400;
    private static final int PACKET_HEADER = 12;
    private static final int FRAME_BYTES = 60;

    private static final int SCRATCH = 2;
    private static final int COUNT = 3;
    private static final int SLOT = 4;
    private static final int INDEX = 4;
    private static final int END = 5;
    private static final int DISK = 6;
    private static final int ZERO = 7;
    private static final int FAILED = 8;

    private final Assembler code;
    private final LifeBoard board;

    private TransferProgram(LifeBoard board) {
        this.board = board;
        code = Assembler.of(board instanceof LifeBoard.A64 ? "aarch64" : "riscv64");
        code.constant(COUNT, 0);
        code.constant(ZERO, 0);
        code.constant(FAILED, 0);
        code.constant(INDEX, 0);
    }

    /** Offers so many disks and serves them one request after the other, each of which takes some thousand instructions. */
    static byte[] daemon(LifeBoard board, int disks) {
        return new TransferProgram(board).daemon(disks);
    }

    /** Writes a sector of its disk again and again. */
    static byte[] diskUser(LifeBoard board) {
        return new TransferProgram(board).diskUser();
    }

    /** Sends frames to VM {@code peer}'s address for ever. */
    static byte[] sender(LifeBoard board, int self, int peer) {
        return new TransferProgram(board).sender(self, peer);
    }

    /** Has a NIC, and takes each frame that comes. */
    static byte[] hearing(LifeBoard board) {
        return new TransferProgram(board).hearing();
    }

    /** Has a NIC that never gets a buffer. */
    static byte[] deaf(LifeBoard board) {
        return new TransferProgram(board).deaf();
    }

    private void publish() {
        code.constant(0, code.ram() + LifeBoard.COUNTER);
        code.store(8, FAILED, 0, WRONG);
        code.store(8, COUNT, 0, 0);
    }

    /** Gives the device the next chain of a ring, and waits until it is done with it; indices have 16 bits. */
    private void use(VirtioCode device, int ring, long page) {
        Label inside = code.label();
        code.increase(COUNT, COUNT, 1);
        code.increase(INDEX, INDEX, 1);
        code.constant(END, 1 << 16);
        code.jumpIfDifferent(INDEX, END, inside);
        code.constant(INDEX, 0);
        code.place(inside);
        device.available(page, INDEX);
        device.notifyDevice(ring);
        device.awaitUsed(page, INDEX);
    }

    private byte[] daemon(int disks) {
        code.hypercall(Hypercall.UPDATE_MQ.code(), 0, code.ram() + MESSAGES, code.ram() + MESSAGE_COUNTER);
        code.hypercall(Hypercall.ACK.code(), 0);
        for (int disk = 0; disk < disks; disk++) {
            long buffer = code.ram() + BUFFERS + (long) disk * BUFFER_BYTES;
            code.hypercall(Hypercall.DEV_APPEND.code(), 0, buffer, BUFFER_BYTES, SECTORS);
        }
        Label first = code.here();
        code.constant(SLOT, code.ram() + MESSAGES);
        Label next = code.here();
        code.constant(0, code.ram() + MESSAGE_COUNTER);
        code.load(8, 1, 0, 0);
        code.jumpIfEqual(1, COUNT, next);
        code.load(8, DISK, SLOT, DISK_OF_MESSAGE);
        code.constant(SCRATCH, 0);
        code.constant(END, 3000);
        Label work = code.here();
        code.increase(SCRATCH, SCRATCH, 1);
        code.jumpIfDifferent(SCRATCH, END, work);
        code.hypercallOf(Hypercall.DEV_NOTIFY.code(), DISK, ZERO);
        code.increase(COUNT, COUNT, 1);
        code.hypercallOf(Hypercall.ACK.code(), COUNT);
        publish();
        code.increase(SLOT, SLOT, MESSAGE_BYTES);
        code.constant(0, code.ram() + MESSAGES + SLOTS * MESSAGE_BYTES);
        code.jumpIfEqual(SLOT, 0, first);
        code.jump(next);
        return code.image();
    }

    private byte[] diskUser() {
        VirtioCode disk = new VirtioCode(code, board.diskAddress());
        long page = code.ram() + DISK_RING;
        disk.begin();
        disk.ring(0, page);
        code.poke(8, page + HEADER, 1, 0, 1);
        code.poke(8, page + HEADER + 8, 3, 0, 1);
        disk.descriptor(page, 0, page + HEADER, 16, VirtioCode.NEXT, 1);
        disk.descriptor(page, 1, page + DATA, SECTOR_BYTES, VirtioCode.NEXT, 2);
        disk.descriptor(page, 2, page + STATUS, 1, VirtioCode.WRITE, 0);
        disk.heads(page, 0);
        disk.ready();
        Label next = code.here();
        Label well = code.label();
        code.poke(2, page + STATUS, 0xff, 0, 1);
        use(disk, 0, page);
        code.constant(0, page + STATUS);
        code.load(2, 1, 0, 0);
        code.jumpIfEqual(1, ZERO, well);
        code.increase(FAILED, FAILED, 1);
        code.place(well);
        publish();
        code.jump(next);
        return code.image();
    }

    private VirtioCode nic() {
        VirtioCode nic = new VirtioCode(code, board.nicAddress());
        nic.begin();
        nic.ring(0, code.ram() + RECEIVE_RING);
        nic.ring(1, code.ram() + TRANSMIT_RING);
        return nic;
    }

    private byte[] sender(int self, int peer) {
        VirtioCode nic = nic();
        long page = code.ram() + TRANSMIT_RING;
        nic.descriptor(page, 0, page + PACKET, PACKET_HEADER + FRAME_BYTES, 0, 0);
        nic.heads(page, 0);
        int[] addresses = {0x7456, 0xaa00, peer, 0x7456, 0xaa00, self, 0x88b5};
        for (int i = 0; i < addresses.length; i++) {
            int swapped = Short.reverseBytes((short) addresses[i]) & 0xffff;
            code.poke(2, page + PACKET + PACKET_HEADER + 2L * i, swapped, 0, 1);
        }
        nic.ready();
        Label next = code.here();
        use(nic, 1, page);
        publish();
        code.jump(next);
        return code.image();
    }

    private byte[] hearing() {
        VirtioCode nic = nic();
        long page = code.ram() + RECEIVE_RING;
        nic.descriptor(page, 0, page + PACKET, 1600, VirtioCode.WRITE, 0);
        nic.heads(page, 0);
        nic.ready();
        Label next = code.here();
        use(nic, 0, page);
        publish();
        code.jump(next);
        return code.image();
    }

    private byte[] deaf() {
        nic().ready();
        Label next = code.here();
        code.increase(COUNT, COUNT, 1);
        publish();
        code.jump(next);
        return code.image();
    }
}
