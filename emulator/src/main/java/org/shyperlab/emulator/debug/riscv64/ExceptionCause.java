package org.shyperlab.emulator.debug.riscv64;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.debug.PageWalk.Access;

/** The exceptions that scause tells when its interrupt bit is 0 (Privileged ISA, "Supervisor cause register", with the H extension). */
enum ExceptionCause {
    INSTRUCTION_MISALIGNED(0, "instruction address misaligned"),
    INSTRUCTION_ACCESS_FAULT(1, "instruction access fault", Access.FETCH),
    ILLEGAL_INSTRUCTION(2, "illegal instruction"),
    BREAKPOINT(3, "breakpoint"),
    LOAD_MISALIGNED(4, "load address misaligned"),
    LOAD_ACCESS_FAULT(5, "load access fault", Access.READ),
    STORE_MISALIGNED(6, "store/AMO address misaligned"),
    STORE_ACCESS_FAULT(7, "store/AMO access fault", Access.WRITE),
    CALL_FROM_USER(8, "environment call from U or VU"),
    CALL_FROM_HYPERVISOR(9, "environment call from HS"),
    CALL_FROM_VIRTUAL_SUPERVISOR(10, "environment call from VS"),
    CALL_FROM_MACHINE(11, "environment call from M"),
    INSTRUCTION_PAGE_FAULT(12, "instruction page fault", Access.FETCH),
    LOAD_PAGE_FAULT(13, "load page fault", Access.READ),
    STORE_PAGE_FAULT(15, "store/AMO page fault", Access.WRITE),
    DOUBLE_TRAP(16, "double trap"),
    SOFTWARE_CHECK(18, "software check"),
    HARDWARE_ERROR(19, "hardware error"),
    INSTRUCTION_GUEST_PAGE_FAULT(20, "instruction guest-page fault", Access.FETCH),
    LOAD_GUEST_PAGE_FAULT(21, "load guest-page fault", Access.READ),
    VIRTUAL_INSTRUCTION(22, "virtual instruction"),
    STORE_GUEST_PAGE_FAULT(23, "store/AMO guest-page fault", Access.WRITE);

    private static final @Nullable ExceptionCause[] BY_CODE = new ExceptionCause[64];

    static {
        for (ExceptionCause value : values()) {
            BY_CODE[value.code] = value;
        }
    }

    private final int code;
    private final String title;
    private final @Nullable Access access;

    ExceptionCause(int code, String title) {
        this(code, title, null);
    }

    ExceptionCause(int code, String title, @Nullable Access access) {
        this.code = code;
        this.title = title;
        this.access = access;
    }

    /** scause. */
    int code() {
        return code;
    }

    /** What the cause is, in words, without an article. */
    String title() {
        return title;
    }

    /** The access whose translation was refused; null for other causes. */
    @Nullable
    Access access() {
        return access;
    }

    /** Whether the G-stage refused it: htval then tells of a guest physical address. */
    boolean isGuestPageFault() {
        return this == INSTRUCTION_GUEST_PAGE_FAULT || this == LOAD_GUEST_PAGE_FAULT || this == STORE_GUEST_PAGE_FAULT;
    }

    /** The cause with this code; null when it is reserved or custom. */
    static @Nullable ExceptionCause of(int code) {
        return code < 0 || code >= BY_CODE.length ? null : BY_CODE[code];
    }

    /** What a code means; every code has some text. */
    static String title(int code) {
        ExceptionCause cause = of(code);
        if (cause != null) {
            return cause.title;
        }
        boolean custom = code >= 24 && code < 32 || code >= 48 && code < 64;
        return custom ? "custom exception" : "reserved exception";
    }
}
