package org.shyperlab.hypervisor;

import org.shyperlab.hypervisor.code.Assembler;
import org.shyperlab.hypervisor.code.Label;
import org.shyperlab.hypervisor.hypercall.Hypercall;

/**
 * Guests that talk by IVC: one that writes texts and one that reads them, one that shares memory and rings a bell and one that hears it.
 * What they count is at {@link LifeBoard#COUNTER}, what they have seen behind it.
 */
final class IvcProgram {
    /** Where readers keep the sum of what they read, writers how often they were refused for want of room: behind the count. */
    static final int SECOND = 8;

    /** Where who hears the bell keeps what it reads in the shared memory, again and again. */
    static final int SHARED_WORD = 16;

    /** How long a sum lasts: each word is added to 31 times the sum before it. */
    static final int FACTOR = 31;

    /** Bytes of the ring of messages. */
    static final int RING_BYTES = 0x1000;

    static final int SLOT_BYTES = 512;
    static final int SLOTS = RING_BYTES / SLOT_BYTES;
    private static final int TEXT_AT = 48;
    private static final long RING = 0x90_0000;
    /** Where readers see how many messages were written. */
    static final long RING_COUNTER = 0x91_0000;

    private static final long TEXT = 0x92_0000;
    private static final long SHARED_TYPE = 16;
    private static final long NO_RESOURCES = -6;

    private static final int A = 0;
    private static final int B = 1;
    private static final int SCRATCH = 2;
    private static final int COUNT = 3;
    private static final int SUM = 4;
    private static final int SLOT = 5;
    private static final int END = 6;
    private static final int PEER = 7;
    private static final int SHARED = 8;

    private final Assembler code;
    private final InterruptCode interrupts;
    private final LifeBoard board;

    private IvcProgram(LifeBoard board) {
        this.board = board;
        code = Assembler.of(board instanceof LifeBoard.A64 ? "aarch64" : "riscv64");
        interrupts = InterruptCode.of(board, code);
    }

    /** Writes {@code texts} texts to a VM, each a number of 8 bytes, from 1 on; one that is refused it writes again. */
    static byte[] writer(LifeBoard board, int peer, int texts) {
        return new IvcProgram(board).writer(peer, texts);
    }

    /** Reads texts, sleeping in between or looking for them all the time. */
    static byte[] reader(LifeBoard board, boolean sleeps) {
        return new IvcProgram(board).reader(sleeps);
    }

    /** Takes the interrupts of messages as a guest of Rust-Shyper does, which counts them and tells nobody that it has read. */
    static byte[] original(LifeBoard board) {
        return new IvcProgram(board).original();
    }

    /** Shares a page with a VM and rings {@code times} times, the number of the ring in the page's first word. */
    static byte[] ringer(LifeBoard board, int peer, int times) {
        return new IvcProgram(board).ringer(peer, times);
    }

    /** Maps the page, lets its ring run full once, hears all the rings, and looks at the page for ever. */
    static byte[] listener(LifeBoard board, int peer, int times) {
        return new IvcProgram(board).listener(peer, times);
    }

    private void publish(int count, int second) {
        code.constant(A, code.ram() + LifeBoard.COUNTER);
        code.store(8, second, A, SECOND);
        code.store(8, count, A, 0);
    }

    private void listen() {
        code.hypercall(Hypercall.UPDATE_MQ.code(), 0, code.ram() + RING, code.ram() + RING_COUNTER);
        code.hypercall(Hypercall.ACK.code(), 0);
        code.constant(COUNT, 0);
        code.constant(SUM, 0);
        code.constant(SLOT, code.ram() + RING);
    }

    private void mix(int offset) {
        code.load(8, B, SLOT, offset);
        code.constant(A, FACTOR);
        code.multiply(SUM, SUM, A);
        code.add(SUM, SUM, B);
    }

    /** Waits for message number COUNT, and goes behind it. */
    private void awaitMessage(boolean sleeps) {
        Label again = code.here();
        Label there = code.label();
        code.constant(A, code.ram() + RING_COUNTER);
        code.load(8, B, A, 0);
        code.jumpIfDifferent(B, COUNT, there);
        if (sleeps) {
            code.waitForInterrupt();
        }
        code.jump(again);
        code.place(there);
    }

    private void nextSlot() {
        Label inside = code.label();
        code.increase(SLOT, SLOT, SLOT_BYTES);
        code.constant(A, code.ram() + RING + RING_BYTES);
        code.jumpIfDifferent(SLOT, A, inside);
        code.constant(SLOT, code.ram() + RING);
        code.place(inside);
        code.increase(COUNT, COUNT, 1);
    }

    private void acknowledge(boolean sleeps) {
        code.hypercallOf(Hypercall.ACK.code(), COUNT);
        if (sleeps) {
            interrupts.takeAll();
        }
    }

    private byte[] reader(boolean sleeps) {
        if (sleeps) {
            interrupts.enable(board.shyperInterrupt(), 1);
        }
        listen();
        Label next = code.here();
        awaitMessage(sleeps);
        for (int word = 0; word < 4; word++) {
            mix(8 * word);
        }
        mix(TEXT_AT);
        nextSlot();
        publish(COUNT, SUM);
        acknowledge(sleeps);
        code.jump(next);
        return code.image();
    }

    private byte[] original() {
        interrupts.enable(board.shyperInterrupt(), 1);
        code.hypercall(Hypercall.UPDATE_MQ.code(), code.ram() + TEXT, code.ram() + RING);
        code.constant(COUNT, 0);
        code.constant(SUM, 0);
        code.constant(SLOT, code.ram() + RING);
        Label next = code.here();
        publish(COUNT, SUM);
        code.waitForInterrupt();
        interrupts.takeAll();
        mix(8);
        nextSlot();
        code.jump(next);
        return code.image();
    }

    private byte[] writer(int peer, int texts) {
        code.constant(COUNT, 0);
        code.constant(SUM, 0);
        code.constant(END, texts);
        Label next = code.here();
        code.increase(COUNT, COUNT, 1);
        code.constant(SCRATCH, code.ram() + TEXT);
        code.store(8, COUNT, SCRATCH, 0);
        Label again = code.here();
        Label sent = code.label();
        code.hypercall(Hypercall.SEND_MSG.code(), peer, code.ram() + TEXT, 8);
        code.constant(B, 0);
        code.jumpIfEqual(A, B, sent);
        countRefusal();
        code.jump(again);
        code.place(sent);
        publish(COUNT, SUM);
        code.jumpIfDifferent(COUNT, END, next);
        RegisterSweep.sleep(code);
        return code.image();
    }

    /** Adds 1 to SUM when register A says that there is no room. */
    private void countRefusal() {
        Label other = code.label();
        code.constant(B, NO_RESOURCES);
        code.jumpIfDifferent(A, B, other);
        code.increase(SUM, SUM, 1);
        code.place(other);
    }

    /** Makes a call again and again, until it works. */
    private void insist(Hypercall call, int... registers) {
        Label again = code.here();
        Label done = code.label();
        code.hypercallOf(call.code(), registers);
        code.constant(B, 0);
        code.jumpIfEqual(A, B, done);
        countRefusal();
        code.jump(again);
        code.place(done);
    }

    private byte[] ringer(int peer, int times) {
        code.constant(COUNT, 0);
        code.constant(SUM, 0);
        code.constant(END, times);
        code.constant(PEER, peer);
        code.hypercall(Hypercall.SHARE_MEM.code(), SHARED_TYPE, 0x1000);
        code.increase(SHARED, A, 0);
        insist(Hypercall.SEND_SHAREMEM, PEER);
        Label next = code.here();
        code.increase(COUNT, COUNT, 1);
        code.store(8, COUNT, SHARED, 0);
        insist(Hypercall.SEND_SHAREMEM_TEST_SPEED, PEER, COUNT);
        publish(COUNT, SUM);
        code.jumpIfDifferent(COUNT, END, next);
        RegisterSweep.sleep(code);
        return code.image();
    }

    private byte[] listener(int peer, int times) {
        listen();
        awaitMessage(false);
        code.hypercall(Hypercall.GET_SHARED_MEM_IPA.code(), peer);
        code.increase(SHARED, A, 0);
        code.constant(END, SLOTS);
        Label notFull = code.here();
        code.constant(A, code.ram() + RING_COUNTER);
        code.load(8, B, A, 0);
        code.jumpIfDifferent(B, END, notFull);
        for (int i = 0; i < 10_000; i++) {
            code.yield(); // the bell rings on, for nothing
        }
        code.constant(END, times + 1);
        Label next = code.here();
        awaitMessage(false);
        mix(24);
        nextSlot();
        publish(COUNT, SUM);
        acknowledge(false);
        code.jumpIfDifferent(COUNT, END, next);
        Label forever = code.here();
        code.load(8, B, SHARED, 0);
        code.constant(A, code.ram() + LifeBoard.COUNTER);
        code.store(8, B, A, SHARED_WORD);
        code.increase(COUNT, COUNT, 1);
        code.store(8, COUNT, A, 0);
        code.jump(forever);
        return code.image();
    }
}
