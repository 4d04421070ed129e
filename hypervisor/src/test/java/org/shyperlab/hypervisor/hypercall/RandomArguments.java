package org.shyperlab.hypervisor.hypercall;

import java.util.Random;

/** Arguments as a hostile guest chooses them: mostly near what is right, since only those come past the first check. */
final class RandomArguments {
    private RandomArguments() {}

    static long[] of(Random random, Hypercall call) {
        long[] arguments = new long[Hypercalls.ARGUMENTS];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = value(random);
        }
        for (int i = 0; i < call.arguments().size(); i++) {
            if (random.nextInt(8) != 0) {
                arguments[i] = near(random, call.arguments().get(i).kind(), arguments[i]);
            }
        }
        return arguments;
    }

    private static long near(Random random, Argument.Kind kind, long otherwise) {
        return switch (kind) {
            case VM, GUEST, FORCED_VM -> random.nextInt(5) | (random.nextBoolean() ? 1L << 16 : 0);
            case BUFFER, BYTES, WORDS -> TestVms.RAM + random.nextInt((int) TestVms.RAM_SIZE + 64) - 32;
            case PAGE, OPTIONAL_PAGE -> TestVms.RAM + random.nextInt(0x101) * 0x1000L;
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
