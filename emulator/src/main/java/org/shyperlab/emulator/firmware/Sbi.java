package org.shyperlab.emulator.firmware;

import org.shyperlab.emulator.memory.AddressSpace;

/**
 * SBI 2.0 (RISC-V Supervisor Binary Interface) as firmware in M-mode answers it: base, TIME, IPI, RFENCE, HSM, SRST, DBCN and the
 * legacy timer, console and shutdown calls. One for all harts of a machine.
 */
public final class Sbi {
    /** Extensions by their IDs. */
    public static final int BASE = 0x10;
    /** Programming the timer. */
    public static final int TIME = 0x5449_4d45;
    /** Inter-processor interrupts. */
    public static final int IPI = 0x0073_5049;
    /** Remote fences. */
    public static final int RFENCE = 0x5246_4e43;
    /** Hart state management. */
    public static final int HSM = 0x0048_534d;
    /** System reset. */
    public static final int SRST = 0x5352_5354;
    /** Debug console. */
    public static final int DBCN = 0x4442_434e;

    /** Reading a byte from the console, the old way: a0 is the byte, or -1. */
    public static final int LEGACY_GETCHAR = 2;

    /** a0 of a call that went well. */
    public static final long SUCCESS = 0;
    /** a0: there is no such call. */
    public static final long NOT_SUPPORTED = -2;
    /** a0: an argument is out of range. */
    public static final long INVALID_PARAMETER = -3;
    /** a0: memory does not answer at an address. */
    public static final long INVALID_ADDRESS = -5;
    /** a0: the hart runs already. */
    public static final long ALREADY_AVAILABLE = -6;

    private static final int LEGACY_SET_TIMER = 0;
    private static final int LEGACY_PUTCHAR = 1;
    private static final int LEGACY_SHUTDOWN = 8;
    private static final int LAST_LEGACY = 15;

    private static final long VERSION_2_0 = 2L << 24;
    private static final long IMPLEMENTATION = 0x5348_5950;
    private static final long HART_STARTED = 0;
    private static final long HART_STOPPED = 1;
    private static final long HART_START_PENDING = 2;
    private static final long HART_SUSPENDED = 4;
    private static final int SUSPEND_RETENTIVE = 0;
    private static final int SUSPEND_NON_RETENTIVE = 0x8000_0000;
    private static final long ALL_HARTS = -1;
    private static final long FIRST_HFENCE = 3;
    private static final long LAST_RFENCE = 6;
    /** The debug console may write less than it was asked to (12.1): no call keeps the machine busy for long. */
    private static final long LONGEST_WRITE = 4096;

    private final PowerControl power;
    private final SbiHarts harts;
    private final SbiMemory memory;
    private long value;

    /** Firmware over a machine's power, harts and memory. */
    public Sbi(PowerControl power, SbiHarts harts, AddressSpace bus) {
        this(power, harts, SbiMemory.of(bus));
    }

    /** The same for whatever plays the machine: a hypervisor answers its guests' calls with what the VM has. */
    public Sbi(PowerControl power, SbiHarts harts, SbiMemory memory) {
        this.power = power;
        this.harts = harts;
        this.memory = memory;
    }

    /** Whether calls of this extension leave a1 alone. */
    public static boolean isLegacy(long extension) {
        return extension >= 0 && extension <= LAST_LEGACY;
    }

    /** a1 of the last {@link #call}. */
    public long value() {
        return value;
    }

    /**
     * One call.
     *
     * @param hart the calling hart
     * @param extension a7
     * @param function a6
     * @return a0; {@link #value} has a1
     */
    public long call(int hart, long extension, long function, long argument0, long argument1, long argument2) {
        value = 0;
        if (extension != (int) extension) {
            return NOT_SUPPORTED;
        }
        return switch ((int) extension) {
            case BASE -> base(function, argument0);
            case TIME -> function == 0 ? timer(hart, argument0) : NOT_SUPPORTED;
            case IPI -> function == 0 ? interrupt(argument0, argument1) : NOT_SUPPORTED;
            case RFENCE -> isFence(function) ? fence(argument0, argument1) : NOT_SUPPORTED;
            case HSM -> hartState(hart, function, argument0, argument1, argument2);
            case SRST -> function == 0 ? reset(argument0) : NOT_SUPPORTED;
            case DBCN -> console(function, argument0, argument1);
            case LEGACY_SET_TIMER -> timer(hart, argument0);
            case LEGACY_PUTCHAR -> put(argument0);
            case LEGACY_GETCHAR -> harts.read();
            case LEGACY_SHUTDOWN -> reset(0);
            default -> NOT_SUPPORTED;
        };
    }

    private long base(long function, long argument) {
        value = switch ((int) function) {
            case 0 -> VERSION_2_0;
            case 1 -> IMPLEMENTATION;
            case 2 -> 1;
            case 3 -> isSupported(argument) ? 1 : 0;
            default -> 0; // mvendorid, marchid and mimpid: 0 is "not implemented"
        };
        return function >= 0 && function <= 6 ? SUCCESS : NOT_SUPPORTED;
    }

    private static boolean isSupported(long extension) {
        if (extension != (int) extension) {
            return false;
        }
        return switch ((int) extension) {
            case BASE,
                    TIME,
                    IPI,
                    RFENCE,
                    HSM,
                    SRST,
                    DBCN,
                    LEGACY_SET_TIMER,
                    LEGACY_PUTCHAR,
                    LEGACY_GETCHAR,
                    LEGACY_SHUTDOWN -> true;
            default -> false;
        };
    }

    private long timer(int hart, long ticks) {
        harts.timer(hart, ticks);
        return SUCCESS;
    }

    private long put(long character) {
        harts.write((int) character & 0xff);
        return SUCCESS;
    }

    /** Whether a mask ("Hart list parameter") names harts that exist. */
    private boolean areHarts(long mask, long base) {
        if (base == ALL_HARTS) {
            return true;
        }
        int cores = power.cores();
        return base >= 0 && base < cores && mask >>> 1 >>> cores - base - 1 == 0;
    }

    private long interrupt(long mask, long base) {
        if (!areHarts(mask, base)) {
            return INVALID_PARAMETER;
        }
        for (int hart = 0; hart < power.cores(); hart++) {
            boolean named = base == ALL_HARTS || hart >= base && (mask >>> hart - base & 1) != 0;
            if (named && power.isOn(hart)) {
                harts.softwareInterrupt(hart);
            }
        }
        return SUCCESS;
    }

    /** The fences of the second stage are for callers with the H extension only. */
    private boolean isFence(long function) {
        long last = harts.hasHypervisorExtension() ? LAST_RFENCE : FIRST_HFENCE - 1;
        return function >= 0 && function <= last;
    }

    /** All fences are one: translated code follows memory by itself, and translations are dropped everywhere. */
    private long fence(long mask, long base) {
        if (!areHarts(mask, base)) {
            return INVALID_PARAMETER;
        }
        harts.flushTranslations();
        return SUCCESS;
    }

    private long hartState(int hart, long function, long argument0, long argument1, long argument2) {
        return switch ((int) function) {
            case 0 -> start(argument0, argument1, argument2);
            case 1 -> {
                power.powerOff(hart);
                yield SUCCESS;
            }
            case 2 -> {
                if (!isHart(argument0)) {
                    yield INVALID_PARAMETER;
                }
                value = switch (power.state((int) argument0)) {
                    case OFF -> HART_STOPPED;
                    case STARTING -> HART_START_PENDING;
                    case ON -> HART_STARTED;
                    case SUSPENDED -> HART_SUSPENDED;
                };
                yield SUCCESS;
            }
            case 3 -> suspend(hart, argument0);
            default -> NOT_SUPPORTED;
        };
    }

    private boolean isHart(long number) {
        return number >= 0 && number < power.cores();
    }

    private long start(long target, long entry, long argument) {
        if (!isHart(target)) {
            return INVALID_PARAMETER;
        }
        if (power.isOn((int) target)) {
            return ALREADY_AVAILABLE;
        }
        if (!memory.isRam(entry, 2)) {
            return INVALID_ADDRESS;
        }
        power.powerOn((int) target, entry, argument);
        return SUCCESS;
    }

    /**
     * The default retentive suspend returns when an interrupt is pending. No state here loses registers, so the default one that would is
     * not supported, wherever it was to resume; all other types are reserved or a platform's that this one does not have.
     */
    private long suspend(int hart, long type) {
        return switch ((int) type) {
            case SUSPEND_RETENTIVE -> {
                power.suspend(hart);
                yield SUCCESS;
            }
            case SUSPEND_NON_RETENTIVE -> NOT_SUPPORTED;
            default -> INVALID_PARAMETER;
        };
    }

    private long reset(long type) {
        if (type < 0 || type > 2) {
            return INVALID_PARAMETER;
        }
        if (type == 0) {
            power.systemOff();
        } else {
            power.systemReset();
        }
        return SUCCESS;
    }

    private long console(long function, long argument0, long argument1) {
        return switch ((int) function) {
            case 0 -> consoleWrite(argument0, argument1);
            case 1 -> consoleRead(argument0, argument1);
            case 2 -> put(argument0);
            default -> NOT_SUPPORTED;
        };
    }

    private long consoleWrite(long length, long address) {
        if (!memory.isRam(address, length)) {
            return INVALID_PARAMETER;
        }
        for (value = 0; value < Math.min(length, LONGEST_WRITE); value++) {
            harts.write(memory.readByte(address + value));
        }
        return SUCCESS;
    }

    private long consoleRead(long length, long address) {
        if (!memory.isRam(address, length)) {
            return INVALID_PARAMETER;
        }
        for (value = 0; value < length; value++) {
            int character = harts.read();
            if (character < 0) {
                break;
            }
            memory.writeByte(address + value, character);
        }
        return SUCCESS;
    }
}
