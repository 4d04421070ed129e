package org.shyperlab.emulator.firmware;

/** PSCI 1.1 (Arm DEN 0022) and the two SMCCC discovery calls (DEN 0028), as firmware at EL3 answers them. */
public final class Psci {
    /** Result of a call that this firmware does not have. */
    public static final long NOT_SUPPORTED = -1;

    private static final long SUCCESS = 0;
    private static final long INVALID_PARAMETERS = -2;
    private static final long ALREADY_ON = -4;
    private static final long ON_PENDING = -5;

    private static final int SMCCC_VERSION = 0x8000_0000;
    private static final int SMCCC_ARCH_FEATURES = 0x8000_0001;
    private static final int PSCI_VERSION = 0x8400_0000;
    private static final int CPU_SUSPEND_32 = 0x8400_0001;
    private static final int CPU_SUSPEND_64 = 0xc400_0001;
    private static final int CPU_OFF = 0x8400_0002;
    private static final int CPU_ON_32 = 0x8400_0003;
    private static final int CPU_ON_64 = 0xc400_0003;
    private static final int AFFINITY_INFO_32 = 0x8400_0004;
    private static final int AFFINITY_INFO_64 = 0xc400_0004;
    private static final int MIGRATE_INFO_TYPE = 0x8400_0006;
    private static final int SYSTEM_OFF = 0x8400_0008;
    private static final int SYSTEM_RESET = 0x8400_0009;
    private static final int FEATURES = 0x8400_000a;
    private static final int SYSTEM_RESET2_32 = 0x8400_0012;
    private static final int SYSTEM_RESET2_64 = 0xc400_0012;

    private static final long VERSION_1_1 = 0x1_0001;
    private static final long NO_TRUSTED_OS_MIGRATION = 2;
    private static final long AFFINITY_ON = 0;
    private static final long AFFINITY_OFF = 1;
    private static final long AFFINITY_ON_PENDING = 2;
    private static final int WARM_RESET = 0;
    private static final int POWER_DOWN_STATE = 1 << 16;

    private final PowerControl power;

    /** Firmware over a machine's power. */
    public Psci(PowerControl power) {
        this.power = power;
    }

    /**
     * One call by the SMC calling convention.
     *
     * @param core the calling core
     * @param function X0; only its low 32 bits count
     * @return what the firmware leaves in X0
     */
    public long call(int core, long function, long argument1, long argument2, long argument3) {
        return switch ((int) function) {
            case SMCCC_VERSION, PSCI_VERSION -> VERSION_1_1;
            case SMCCC_ARCH_FEATURES -> (int) argument1 == SMCCC_VERSION ? SUCCESS : NOT_SUPPORTED;
            case CPU_SUSPEND_32, CPU_SUSPEND_64 -> suspend(core, (int) argument1);
            case CPU_OFF -> {
                power.powerOff(core);
                yield SUCCESS;
            }
            case CPU_ON_32 -> powerOn(argument1 & 0xffff_ffffL, argument2 & 0xffff_ffffL, argument3 & 0xffff_ffffL);
            case CPU_ON_64 -> powerOn(argument1, argument2, argument3);
            case AFFINITY_INFO_32, AFFINITY_INFO_64 -> affinityInfo(argument1, argument2);
            case MIGRATE_INFO_TYPE -> NO_TRUSTED_OS_MIGRATION;
            case SYSTEM_OFF -> {
                power.systemOff();
                yield SUCCESS;
            }
            case SYSTEM_RESET -> {
                power.systemReset();
                yield SUCCESS;
            }
            case SYSTEM_RESET2_32, SYSTEM_RESET2_64 -> reset((int) argument1);
            case FEATURES -> features((int) argument1);
            default -> NOT_SUPPORTED;
        };
    }

    /** 5.4: a standby state returns when an interrupt is asserted; power-down states do not exist here (5.4.2, INVALID_PARAMETERS). */
    private long suspend(int core, int state) {
        if ((state & POWER_DOWN_STATE) != 0) {
            return INVALID_PARAMETERS;
        }
        power.suspend(core);
        return SUCCESS;
    }

    /** SYSTEM_RESET2: the warm reset is as the cold one here; other architectural types are reserved, and vendors' are not ours. */
    private long reset(int type) {
        if (type != WARM_RESET) {
            return INVALID_PARAMETERS;
        }
        power.systemReset();
        return SUCCESS;
    }

    private long powerOn(long target, long entry, long context) {
        int core = coreOf(target);
        if (core < 0) {
            return INVALID_PARAMETERS;
        }
        return switch (power.state(core)) {
            case OFF -> {
                power.powerOn(core, entry, context);
                yield SUCCESS;
            }
            case STARTING -> ON_PENDING;
            case ON, SUSPENDED -> ALREADY_ON;
        };
    }

    private long affinityInfo(long target, long level) {
        int core = coreOf(target);
        if (core < 0 || level != 0) {
            return INVALID_PARAMETERS;
        }
        return switch (power.state(core)) {
            case OFF -> AFFINITY_OFF;
            case STARTING -> AFFINITY_ON_PENDING;
            case ON, SUSPENDED -> AFFINITY_ON;
        };
    }

    /** The core with that affinity (Aff0 only: all cores are one cluster), or -1. */
    private int coreOf(long affinity) {
        return affinity >= 0 && affinity < power.cores() ? (int) affinity : -1;
    }

    private static long features(int function) {
        return switch (function) {
            case SMCCC_VERSION,
                    PSCI_VERSION,
                    CPU_SUSPEND_32,
                    CPU_SUSPEND_64,
                    CPU_OFF,
                    CPU_ON_32,
                    CPU_ON_64,
                    AFFINITY_INFO_32,
                    AFFINITY_INFO_64,
                    MIGRATE_INFO_TYPE,
                    SYSTEM_OFF,
                    SYSTEM_RESET,
                    SYSTEM_RESET2_32,
                    SYSTEM_RESET2_64,
                    FEATURES -> SUCCESS;
            default -> NOT_SUPPORTED;
        };
    }
}
