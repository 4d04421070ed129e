package org.shyperlab.emulator.core.riscv64;

/** Why memory is accessed, with the exceptions that a refusal raises (Privileged ISA, table of supervisor cause codes). */
public enum Access {
    /** A load. */
    LOAD(Permission.READ, 13, 5, 21),
    /** A store, or an atomic memory operation. */
    STORE(Permission.WRITE, 15, 7, 23),
    /** An instruction fetch. */
    FETCH(Permission.EXECUTE, 12, 1, 20),
    /** HLVX: a load that needs the permission to execute instead of the one to read. */
    LOAD_EXECUTABLE(Permission.EXECUTE, 13, 5, 21);

    /** The permissions that a page grants; a set of them is their sum. */
    public static final class Permission {
        /** Loads. */
        public static final int READ = 1;
        /** Stores. */
        public static final int WRITE = 2;
        /** Fetches. */
        public static final int EXECUTE = 4;
        /** All three. */
        public static final int ALL = READ | WRITE | EXECUTE;

        private Permission() {}
    }

    private final int permission;
    private final int pageFault;
    private final int accessFault;
    private final int guestPageFault;

    Access(int permission, int pageFault, int accessFault, int guestPageFault) {
        this.permission = permission;
        this.pageFault = pageFault;
        this.accessFault = accessFault;
        this.guestPageFault = guestPageFault;
    }

    /** The permission that the access needs, out of {@link Permission}. */
    public int permission() {
        return permission;
    }

    /** Cause of a refusal by the first stage. */
    public int pageFault() {
        return pageFault;
    }

    /** Cause when no memory answers at the physical address. */
    public int accessFault() {
        return accessFault;
    }

    /** Cause of a refusal by the second stage. */
    public int guestPageFault() {
        return guestPageFault;
    }
}
