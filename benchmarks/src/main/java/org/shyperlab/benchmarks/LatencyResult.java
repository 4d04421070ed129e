package org.shyperlab.benchmarks;

import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What one mode's interrupts took.
 *
 * @param mode the mode
 * @param nanos host nanoseconds from the stage before (of those that the mode has)
 * @param toVector host nanoseconds from the raised line to the guest's vector
 * @param total host nanoseconds from the raised line to the end of the interrupt
 * @param cycles virtual cycles since the line was raised, of the last interrupt
 * @param traps traps and interrupts taken at EL2, per interrupt
 * @param interrupts how many were measured
 */
record LatencyResult(
        LatencyMode mode,
        EnumMap<LatencyStage, Histogram> nanos,
        Histogram toVector,
        Histogram total,
        Map<LatencyStage, Long> cycles,
        double traps,
        long interrupts) {}
