package org.shyperlab.hypervisor;

import org.shyperlab.hypervisor.code.A64Assembler;
import org.shyperlab.hypervisor.code.Assembler;
import org.shyperlab.hypervisor.code.Label;
import org.shyperlab.hypervisor.code.Rv64Assembler;
import org.shyperlab.hypervisor.code.VirtioCode;

/**
 * A guest with something to lose. In each round it takes a tick of its timer, writes a sector of its disk and reads it back, sends a
 * frame to its peer and waits for the answer, changes and sums up its RAM, and prints a character. What it finds goes into a sum.
 * After its rounds it sleeps. The peer answers, and sums up its RAM.
 */
abstract class BusyProgram {
    /** Results from {@link LifeBoard#COUNTER} on: rounds, the sum, interrupts of devices, the sum of the counter at the rounds' ends. */
    static final int SUM = 8;

    /** A round begins with the next of its timer's ticks. */
    static final int ROUNDS_PER_SECOND = 5000;

    private static final int INTERRUPTS = 16;
    private static final int TIMES = 24;

    private static final int NOBODY = -1;
    private static final int SUMS_OF_A_ROUND = 40;
    private static final int SCRATCH = 2;
    private static final int ROUND = 3;
    private static final int HASH = 4;
    private static final int COUNT = 5;
    private static final int TIME = 6;
    private static final int FACTOR = 7;
    private static final int END = 8;
    private static final int RECEIVED = 9;

    private static final long DISK_RING = 0x90_0000;
    private static final long RECEIVE_RING = 0x91_0000;
    private static final long TRANSMIT_RING = 0x92_0000;
    private static final long WORK = 0xa0_0000;
    private static final int WORK_BYTES = 0x1000;

    private static final int FIRST_HEADER = 0x300;
    private static final int SECOND_HEADER = 0x310;
    private static final int STATUS = 0x320;
    private static final int WRITTEN = 0x400;
    private static final int READ = 0x600;
    private static final int SECTOR = 3;
    private static final int SECTOR_BYTES = 512;

    /** So that the word behind virtio's header, two addresses and the type is aligned. */
    private static final int PACKET = 0x406;

    private static final int PACKET_HEADER = 12;
    private static final int FRAME_BYTES = 60;
    /** The sender's address and the frame's type. */
    private static final int ORIGIN = PACKET + PACKET_HEADER + 6;

    private static final int PAYLOAD = ORIGIN + 8;

    final Assembler code;
    final InterruptCode interrupts;
    private final LifeBoard board;
    private final VirtioCode disk;
    private final VirtioCode nic;

    private final int self;
    private final int peer;

    private BusyProgram(Assembler code, LifeBoard board, int self, int peer) {
        this.code = code;
        this.board = board;
        interrupts = InterruptCode.of(board, code);
        this.self = self;
        this.peer = peer;
        disk = new VirtioCode(code, board.diskAddress());
        nic = new VirtioCode(code, board.nicAddress());
    }

    private static BusyProgram of(LifeBoard board, int self, int peer) {
        return board instanceof LifeBoard.Rv64 riscv ? new Rv64(riscv, self, peer) : new A64(board, self, peer);
    }

    /** The guest; {@code self} and {@code peer} are ids of VMs, which their NICs' addresses end with. */
    static byte[] busy(LifeBoard board, int self, int peer, int rounds) {
        return of(board, self, peer).busy(rounds);
    }

    /** The guest without a network, and so without anything that another core's moment could change: it sums up its time too. */
    static byte[] lonely(LifeBoard board, int rounds) {
        return of(board, NOBODY, NOBODY).busy(rounds);
    }

    /** The guest without a network that does not sleep until the end: in the time of a round it works. */
    static byte[] sleepless(LifeBoard board, int rounds) {
        return of(board, NOBODY, NOBODY).work(rounds);
    }

    /** Its peer. */
    static byte[] answering(LifeBoard board, int self, int peer) {
        return of(board, self, peer).answering();
    }

    // ---- what the architectures add ----

    /** The timer shall interrupt in the time of a round. */
    abstract void startTimer();

    /** Sleeps until the timer's interrupt, which ends; those of devices before it are served by {@link #serveDevices}. */
    abstract void awaitTimer();

    /** Prints an x. */
    abstract void print();

    // ---- what both have ----

    final void serveDevices() {
        disk.acknowledge();
        if (hasPeer()) {
            nic.acknowledge();
        }
        code.increase(COUNT, COUNT, 1);
    }

    private void mix(int register) {
        code.multiply(HASH, HASH, FACTOR);
        code.add(HASH, HASH, register);
    }

    private boolean hasPeer() {
        return peer != NOBODY;
    }

    private void begin() {
        code.constant(ROUND, 0);
        code.constant(HASH, 17);
        code.constant(COUNT, 0);
        code.constant(TIME, 0);
        code.constant(FACTOR, 31);
        long page = code.ram() + DISK_RING;
        disk.begin();
        disk.ring(0, page);
        code.poke(8, page + FIRST_HEADER, 1, 0, 1);
        code.poke(8, page + FIRST_HEADER + 8, SECTOR, 0, 1);
        code.poke(8, page + SECOND_HEADER, 0, 0, 1);
        code.poke(8, page + SECOND_HEADER + 8, SECTOR, 0, 1);
        disk.descriptor(page, 0, page + FIRST_HEADER, 16, VirtioCode.NEXT, 1);
        disk.descriptor(page, 1, page + WRITTEN, SECTOR_BYTES, VirtioCode.NEXT, 2);
        disk.descriptor(page, 2, page + STATUS, 1, VirtioCode.WRITE, 0);
        disk.descriptor(page, 3, page + SECOND_HEADER, 16, VirtioCode.NEXT, 4);
        disk.descriptor(page, 4, page + READ, SECTOR_BYTES, VirtioCode.NEXT | VirtioCode.WRITE, 5);
        disk.descriptor(page, 5, page + STATUS + 1, 1, VirtioCode.WRITE, 0);
        disk.heads(page, 0, 3);
        disk.ready();
        if (hasPeer()) {
            beginNetwork();
        }
        interrupts.enable(board.diskInterrupt(), 2);
    }

    private void beginNetwork() {
        long ram = code.ram();
        code.constant(RECEIVED, 0);
        nic.begin();
        nic.ring(0, ram + RECEIVE_RING);
        nic.ring(1, ram + TRANSMIT_RING);
        nic.descriptor(ram + RECEIVE_RING, 0, ram + RECEIVE_RING + PACKET, 1600, VirtioCode.WRITE, 0);
        nic.descriptor(ram + TRANSMIT_RING, 0, ram + TRANSMIT_RING + PACKET, PACKET_HEADER + FRAME_BYTES, 0, 0);
        nic.heads(ram + RECEIVE_RING, 0);
        nic.heads(ram + TRANSMIT_RING, 0);
        long header = ram + TRANSMIT_RING + PACKET + PACKET_HEADER;
        int[] addresses = {0x7456, 0xaa00, peer, 0x7456, 0xaa00, self, 0x88b5};
        for (int i = 0; i < addresses.length; i++) {
            code.poke(2, header + 2L * i, Short.reverseBytes((short) addresses[i]) & 0xffff, 0, 1);
        }
        nic.ready();
        postBuffer();
    }

    /** The round begins. */
    private Label round() {
        Label start = code.here();
        code.increase(ROUND, ROUND, 1);
        return start;
    }

    private void sumUpMemory() {
        code.constant(0, code.ram() + WORK);
        code.constant(SCRATCH, code.ram() + WORK + WORK_BYTES);
        Label next = code.here();
        code.load(8, 1, 0, 0);
        mix(1);
        code.store(8, HASH, 0, 0);
        code.increase(0, 0, 8);
        code.jumpIfDifferent(0, SCRATCH, next);
    }

    private void useDisk() {
        long page = code.ram() + DISK_RING;
        code.constant(0, page + WRITTEN);
        code.store(8, HASH, 0, 0);
        code.add(SCRATCH, ROUND, ROUND);
        disk.available(page, SCRATCH);
        disk.notifyDevice(0);
        disk.awaitUsed(page, SCRATCH);
        code.constant(0, page + READ);
        code.load(8, 1, 0, 0);
        mix(1);
        code.constant(0, page + STATUS);
        code.load(2, 1, 0, 0);
        mix(1);
    }

    private void send() {
        long page = code.ram() + TRANSMIT_RING;
        code.constant(0, page + PAYLOAD);
        code.store(8, HASH, 0, 0);
        nic.available(page, ROUND);
        nic.notifyDevice(1);
    }

    private void postBuffer() {
        code.increase(SCRATCH, RECEIVED, 1);
        nic.available(code.ram() + RECEIVE_RING, SCRATCH);
        nic.notifyDevice(0);
    }

    /** Takes the next frame of the peer; those of others it throws away. */
    private void receive() {
        long page = code.ram() + RECEIVE_RING;
        Label again = code.here();
        Label wanted = code.label();
        code.increase(RECEIVED, RECEIVED, 1);
        nic.awaitUsed(page, RECEIVED);
        code.constant(0, page + ORIGIN);
        code.load(8, 1, 0, 0);
        code.constant(SCRATCH, 0xb588_0000_00aa_5674L | (long) peer << 40);
        code.jumpIfEqual(1, SCRATCH, wanted);
        postBuffer();
        code.jump(again);
        code.place(wanted);
        code.load(8, 1, 0, PAYLOAD - ORIGIN);
        mix(1);
        postBuffer();
    }

    private void publish() {
        if (!hasPeer()) {
            code.readCounter(1);
            code.multiply(TIME, TIME, FACTOR);
            code.add(TIME, TIME, 1);
        }
        code.constant(0, code.ram() + LifeBoard.COUNTER);
        code.store(8, HASH, 0, SUM);
        code.store(8, COUNT, 0, INTERRUPTS);
        code.store(8, TIME, 0, TIMES);
        code.store(8, ROUND, 0, 0);
    }

    private byte[] busy(int rounds) {
        begin();
        code.constant(END, rounds);
        Label start = round();
        startTimer();
        useDisk();
        sumUpMemory();
        awaitTimer();
        if (hasPeer()) {
            send();
            receive();
        }
        print();
        publish();
        code.jumpIfDifferent(ROUND, END, start);
        RegisterSweep.sleep(code);
        return code.image();
    }

    private byte[] work(int rounds) {
        begin();
        code.constant(END, rounds);
        Label start = round();
        useDisk();
        code.constant(RECEIVED, 0);
        Label next = code.here();
        code.increase(RECEIVED, RECEIVED, 1);
        sumUpMemory();
        code.constant(SCRATCH, SUMS_OF_A_ROUND);
        code.jumpIfDifferent(RECEIVED, SCRATCH, next);
        print();
        publish();
        code.jumpIfDifferent(ROUND, END, start);
        RegisterSweep.sleep(code);
        return code.image();
    }

    private byte[] answering() {
        begin();
        Label start = round();
        receive();
        sumUpMemory();
        send();
        publish();
        code.jump(start);
        return code.image();
    }

    /** GICv2, the virtual timer, a PL011. */
    private static final class A64 extends BusyProgram {
        private static final int CNTV_TVAL = A64Assembler.system(3, 3, 14, 3, 0);
        private static final int CNTV_CTL = A64Assembler.system(3, 3, 14, 3, 1);
        private static final int X9 = 9;
        private static final int VIRTUAL_TIMER = 27;
        private static final long TICKS = TestBoard.COUNTER_HERTZ / ROUNDS_PER_SECOND;

        private final A64Assembler own;

        A64(LifeBoard board, int self, int peer) {
            super(new A64Assembler(), board, self, peer);
            own = (A64Assembler) code;
        }

        @Override
        void startTimer() {
            own.constantX(X9, TICKS);
            own.msr(CNTV_TVAL, X9);
            own.constantX(X9, 1);
            own.msr(CNTV_CTL, X9);
        }

        @Override
        void awaitTimer() {
            Label again = code.here();
            Label timer = code.label();
            code.waitForInterrupt();
            Label look = code.here();
            interrupts.take(SCRATCH);
            code.constant(1, interrupts.none());
            code.jumpIfEqual(SCRATCH, 1, again);
            code.constant(1, VIRTUAL_TIMER);
            code.jumpIfEqual(SCRATCH, 1, timer);
            serveDevices();
            interrupts.end(SCRATCH);
            code.jump(look);
            code.place(timer);
            own.constantX(X9, 0);
            own.msr(CNTV_CTL, X9);
            interrupts.end(SCRATCH);
        }

        @Override
        void print() {
            code.poke(4, TestBoard.UART, 'x', 0, 1);
        }
    }

    /** PLIC or AIA, stimecmp, SBI's console. */
    private static final class Rv64 extends BusyProgram {
        private static final int SIP = 0x144;
        private static final int STIMECMP = 0x14d;
        private static final int TIME_CSR = 0xc01;
        private static final int TIMER = 1 << 5;
        private static final int T0 = 5;
        private static final int T1 = 6;
        private static final int A0 = 10;
        private static final long TICKS = RiscvTestBoard.TIME_HERTZ / ROUNDS_PER_SECOND;
        private static final long PUTCHAR = 1;

        private final Rv64Assembler own;

        Rv64(LifeBoard.Rv64 board, int self, int peer) {
            super(new Rv64Assembler(), board, self, peer);
            own = (Rv64Assembler) code;
        }

        @Override
        void startTimer() {
            own.readCsr(TIME_CSR, T0);
            own.constantX(T1, TICKS);
            own.word(T1 << 20 | T0 << 15 | T0 << 7 | 0x33); // add
            own.writeCsr(STIMECMP, T0);
        }

        /** In virtual registers: the interrupts that are pending and enabled, of these. */
        private void pending(int register, int mask) {
            own.readCsr(SIP, T0);
            own.word(mask << 20 | T0 << 15 | 7 << 12 | 18 + register << 7 | 0x13); // andi
        }

        @Override
        void awaitTimer() {
            Label again = code.here();
            Label noDevice = code.label();
            code.waitForInterrupt();
            Label look = code.here();
            interrupts.take(SCRATCH);
            code.constant(1, interrupts.none());
            code.jumpIfEqual(SCRATCH, 1, noDevice);
            serveDevices();
            interrupts.end(SCRATCH);
            code.jump(look);
            code.place(noDevice);
            pending(SCRATCH, TIMER);
            code.jumpIfEqual(SCRATCH, 1, again);
            own.constantX(T0, -1);
            own.writeCsr(STIMECMP, T0);
        }

        @Override
        void print() {
            own.constantX(A0, 'x');
            own.ecall(PUTCHAR);
        }
    }
}
