package org.shyperlab.emulator.time;

/**
 * Converts core cycles to ticks of a slower system counter with one multiplication: {@code ticks = high 64 bits of cycles x factor}.
 * The engine's machine-code counter stub does exactly the same arithmetic.
 *
 * @param factor counter frequency / core frequency as a fraction of 2^64, rounded up
 */
public record CounterScale(long factor, long coreHertz, long counterHertz) {
    /** The scale of a counter at {@code counterHertz} beside cores at {@code coreHertz}; the counter must be slower. */
    public static CounterScale of(long coreHertz, long counterHertz) {
        if (counterHertz <= 0 || counterHertz >= coreHertz) {
            throw new IllegalArgumentException("the system counter (" + counterHertz
                    + " Hz) must be slower than the core clock (" + coreHertz + " Hz)");
        }
        java.math.BigInteger two64 = java.math.BigInteger.ONE.shiftLeft(64);
        java.math.BigInteger[] quotient = java.math.BigInteger.valueOf(counterHertz)
                .multiply(two64)
                .divideAndRemainder(java.math.BigInteger.valueOf(coreHertz));
        long factor = quotient[0].longValue() + (quotient[1].signum() == 0 ? 0 : 1);
        return new CounterScale(factor, coreHertz, counterHertz);
    }

    /** Counter value at a core cycle. */
    public long ticks(long cycles) {
        return Math.unsignedMultiplyHigh(cycles, factor);
    }

    /** The first core cycle at which the counter shows at least {@code ticks}; {@link Long#MAX_VALUE} when out of reach. */
    public long cycleOf(long ticks) {
        if (ticks <= 0) {
            return ticks == 0 ? 0 : Long.MAX_VALUE;
        }
        long perTick = coreHertz / counterHertz;
        if (ticks >= Long.MAX_VALUE / (perTick + 1)) {
            return Long.MAX_VALUE;
        }
        long whole = ticks / counterHertz * coreHertz;
        long rest = (ticks % counterHertz * coreHertz + counterHertz - 1) / counterHertz;
        long cycle = Math.max(0, whole + rest - 2);
        while (ticks(cycle) < ticks) {
            cycle++;
        }
        return cycle;
    }
}
