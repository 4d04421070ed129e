package org.shyperlab.hypervisor;

import org.shyperlab.hypervisor.code.Assembler;
import org.shyperlab.hypervisor.code.Label;
import org.shyperlab.hypervisor.hypercall.Hypercall;

/**
 * A management VM that serves file calls, late, and a guest like Unishyper, which has no message ring: the result of a call is what it
 * finds in its register. What they count is at {@link LifeBoard#COUNTER}, what the guest has seen behind it.
 */
final class FileProgram {
    /** Where the guest keeps the sum of the results of its calls: behind the count. */
    static final int SUM_AT = 8;

    private static final long RING = 0x90_0000;
    private static final long COUNTERS = 0x91_0000;
    private static final long BUFFER = 0x92_0000;
    private static final int SLOT_BYTES = 512;
    private static final int RING_BYTES = 0x1000;
    private static final int VM_AT = 16;
    private static final int FILE_AT = 24;
    private static final int LATE = 300;

    private static final int A = 0;
    private static final int B = 1;
    private static final int C = 2;
    private static final int COUNT = 3;
    private static final int SUM = 4;
    private static final int SLOT = 5;
    private static final int END = 6;

    private final Assembler code;

    private FileProgram(LifeBoard board) {
        code = Assembler.of(board instanceof LifeBoard.A64 ? "aarch64" : "riscv64");
    }

    /** Answers each call with the number of the file that it names, after a while. */
    static byte[] server(LifeBoard board) {
        return new FileProgram(board).server();
    }

    /** Closes the files 1, 2 and so on, {@code calls} in all, and adds up the results. */
    static byte[] client(LifeBoard board, int calls) {
        return new FileProgram(board).client(calls);
    }

    private byte[] server() {
        code.hypercall(Hypercall.UPDATE_MQ.code(), 0, code.ram() + RING, code.ram() + COUNTERS);
        code.hypercall(Hypercall.APPEND.code(), code.ram() + BUFFER, 0x1000);
        code.constant(COUNT, 0);
        Label again = code.here();
        code.constant(SLOT, code.ram() + RING);
        Label next = code.here();
        code.constant(A, code.ram() + COUNTERS);
        code.load(8, B, A, 0);
        code.jumpIfEqual(B, COUNT, next);
        for (int i = 0; i < LATE; i++) {
            code.yield();
        }
        code.load(8, B, SLOT, VM_AT);
        code.load(8, C, SLOT, FILE_AT);
        code.hypercallOf(Hypercall.FINISHED.code(), B, C);
        code.increase(COUNT, COUNT, 1);
        code.constant(A, code.ram() + LifeBoard.COUNTER);
        code.store(8, COUNT, A, 0);
        code.increase(SLOT, SLOT, SLOT_BYTES);
        code.constant(A, code.ram() + RING + RING_BYTES);
        code.jumpIfDifferent(SLOT, A, next);
        code.jump(again);
        return code.image();
    }

    private byte[] client(int calls) {
        code.constant(COUNT, 0);
        code.constant(SUM, 0);
        code.constant(END, calls);
        code.constant(B, 0);
        // There is somebody to serve once a call does not fail.
        Label again = code.here();
        code.hypercall(Hypercall.FS_INIT.code());
        code.constant(B, 0);
        code.jumpIfDifferent(A, B, again);
        Label next = code.here();
        code.increase(COUNT, COUNT, 1);
        code.hypercallOf(Hypercall.CLOSE.code(), COUNT);
        code.add(SUM, SUM, A);
        code.constant(A, code.ram() + LifeBoard.COUNTER);
        code.store(8, SUM, A, SUM_AT);
        code.store(8, COUNT, A, 0);
        code.jumpIfDifferent(COUNT, END, next);
        RegisterSweep.sleep(code);
        return code.image();
    }
}
