package org.shyperlab.emulator.trace;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.shyperlab.emulator.core.TrapKind;

/**
 * Counters and hash of one VM's events. The hash is SHA-256 over one 32-byte little-endian record per event: type (1), kind (1),
 * core (1), vCPU (1), syndrome (4), cycles (8), PC (8), detail (8). Injected interrupts leave kind, core, syndrome and PC zero.
 */
final class VmTrace {
    private static final int KINDS = TrapKind.values().length;
    private static final int RECORD_BYTES = 32;
    private static final int BATCH_BYTES = 128 * RECORD_BYTES;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final MessageDigest digest = sha256();
    private final byte[] batch = new byte[BATCH_BYTES];
    private int filled;
    private long[] counts = {};
    private long[] handlerCycles = {};
    private long injected;

    void trap(int core, int vcpu, long cycles, int kind, long pc, int syndrome, long detail) {
        ensure(vcpu);
        counts[vcpu * KINDS + kind]++;
        record(TraceEvent.Type.TRAP.ordinal() | kind << 8 | core << 16 | vcpu << 24, syndrome, cycles, pc, detail);
    }

    void handled(int vcpu, int kind, long cycles) {
        handlerCycles[vcpu * KINDS + kind] += cycles;
    }

    void injected(int vcpu, long cycles, int intid) {
        injected++;
        record(TraceEvent.Type.INJECTED.ordinal() | vcpu << 24, 0, cycles, 0, intid);
    }

    long injected() {
        return injected;
    }

    int vcpus() {
        return counts.length / KINDS;
    }

    long count(int vcpu, TrapKind kind) {
        return vcpu < vcpus() ? counts[vcpu * KINDS + kind.ordinal()] : 0;
    }

    long handlerCycles(int vcpu, TrapKind kind) {
        return vcpu < vcpus() ? handlerCycles[vcpu * KINDS + kind.ordinal()] : 0;
    }

    /** Hash of the events so far; recording goes on. */
    String sha256Hex() {
        try {
            MessageDigest copy = (MessageDigest) digest.clone();
            copy.update(batch, 0, filled);
            return HexFormat.of().formatHex(copy.digest());
        } catch (CloneNotSupportedException impossible) {
            throw new IllegalStateException("the JDK's SHA-256 can be cloned", impossible);
        }
    }

    private void record(int head, int syndrome, long cycles, long pc, long detail) {
        int at = filled;
        INT.set(batch, at, head);
        INT.set(batch, at + 4, syndrome);
        LONG.set(batch, at + 8, cycles);
        LONG.set(batch, at + 16, pc);
        LONG.set(batch, at + 24, detail);
        filled = at + RECORD_BYTES;
        if (filled == BATCH_BYTES) {
            digest.update(batch, 0, BATCH_BYTES);
            filled = 0;
        }
    }

    private void ensure(int vcpu) {
        if (vcpu >= vcpus()) {
            counts = Arrays.copyOf(counts, (vcpu + 1) * KINDS);
            handlerCycles = Arrays.copyOf(handlerCycles, counts.length);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
