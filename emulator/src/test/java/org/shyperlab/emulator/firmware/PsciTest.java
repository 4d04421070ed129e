package org.shyperlab.emulator.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PsciTest {
    private static final long SUCCESS = 0;
    private static final long INVALID_PARAMETERS = -2;
    private static final long ALREADY_ON = -4;
    private static final long ON_PENDING = -5;
    private static final long CPU_ON = 0xc400_0003L;
    private static final long AFFINITY_INFO = 0xc400_0004L;
    private static final long FEATURES = 0x8400_000aL;
    private static final long[] SYSTEM_RESET2 = {0x8400_0012L, 0xc400_0012L};

    private final List<String> done = new ArrayList<>();
    /** Of cores in each state. */
    private final Psci psci = new Psci(new RecordedPower(PowerState.values(), done));

    private long call(long function, long... arguments) {
        long[] all = java.util.Arrays.copyOf(arguments, 3);
        return psci.call(PowerState.ON.ordinal(), function, all[0], all[1], all[2]);
    }

    @Test
    void aWarmResetIsAReset() {
        for (long function : SYSTEM_RESET2) {
            assertThat(call(FEATURES, function)).as("features").isEqualTo(SUCCESS);
            assertThat(call(function, 0, 77)).isEqualTo(SUCCESS);
            assertThat(call(function, 0xffff_ffff_0000_0000L, 77)).as("32 bits").isEqualTo(SUCCESS);
        }
        assertThat(done).hasSize(4).containsOnly("system reset");
    }

    @Test
    void resetsOfOtherTypesAreWrongArguments() {
        for (long function : SYSTEM_RESET2) {
            for (long type : new long[] {1, 0x7fff_ffff, 0x8000_0000L, 0xffff_ffffL}) {
                assertThat(call(function, type, 77)).as("type 0x%x", type).isEqualTo(INVALID_PARAMETERS);
            }
        }
        assertThat(done).isEmpty();
    }

    @Test
    void aCoreIsPoweredOnOnceAndTellsWhenItIsOnItsWay() {
        assertThat(call(AFFINITY_INFO, PowerState.OFF.ordinal())).as("OFF").isEqualTo(1);
        assertThat(call(AFFINITY_INFO, PowerState.STARTING.ordinal()))
                .as("ON_PENDING")
                .isEqualTo(2);
        assertThat(call(AFFINITY_INFO, PowerState.ON.ordinal())).as("ON").isZero();
        assertThat(call(AFFINITY_INFO, PowerState.SUSPENDED.ordinal()))
                .as("suspended is ON")
                .isZero();
        assertThat(call(CPU_ON, PowerState.STARTING.ordinal(), 0x1000, 5)).isEqualTo(ON_PENDING);
        assertThat(call(CPU_ON, PowerState.ON.ordinal(), 0x1000, 5)).isEqualTo(ALREADY_ON);
        assertThat(call(CPU_ON, PowerState.SUSPENDED.ordinal(), 0x1000, 5)).isEqualTo(ALREADY_ON);
        assertThat(call(CPU_ON, 4, 0x1000, 5)).isEqualTo(INVALID_PARAMETERS);
        assertThat(done).isEmpty();
        assertThat(call(CPU_ON, PowerState.OFF.ordinal(), 0x1000, 5)).isEqualTo(SUCCESS);
        assertThat(done).containsExactly("on 0 1000 5");
    }
}
