package org.shyperlab.hypervisor.hypercall;

import java.util.Random;

/** Arguments as a hostile guest chooses them: mostly near what is right, since only those come past the first check. */
public final class RandomArguments {
    private RandomArguments() {}

    static long[] of(Random random, Hypercall call) {
        return of(random, call, TestVms.RAM, (int) TestVms.RAM_SIZE);
    }

    /** Arguments for a call of a VM with RAM at {@code ram}. */
    public static long[] of(Random random, Hypercall call, long ram, int size) {
        long[] arguments = new long[Hypercalls.ARGUMENTS];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = value(random);
        }
        for (int i = 0; i < call.arguments().size(); i++) {
            if (random.nextInt(8) != 0) {
                arguments[i] = near(random, call.arguments().get(i).kind(), arguments[i], ram, size);
            }
        }
        return arguments;
    }

    private static long near(Random random, Argument.Kind kind, long otherwise, long ram, int size) {
        return switch (kind) {
            case VM, GUEST, PEER, FORCED_VM -> random.nextInt(5) | (random.nextBoolean() ? 1L << 16 : 0);
            case BUFFER, BYTES, WORDS -> ram + random.nextInt(size + 64) - 32;
            case PAGE, OPTIONAL_PAGE -> ram + random.nextInt(size / 0x1000 + 1) * 0x1000L;
            case NUMBER -> random.nextInt(70);
            case ANY -> random.nextBoolean() ? random.nextInt(200) : otherwise;
        };
    }

    static long value(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextInt(16);
            case 2 -> TestVms.RAM + random.nextInt((int) TestVms.RAM_SIZE) & -8L;
            case 3 -> 1L << random.nextInt(64);
            case 4 -> -random.nextInt(16);
            default -> random.nextInt(0x200) * 0x1000L;
        };
    }
}
