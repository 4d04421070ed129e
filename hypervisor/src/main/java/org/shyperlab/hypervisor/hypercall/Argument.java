package org.shyperlab.hypervisor.hypercall;

/**
 * What an argument of a hypercall must be. The kind is its rule, which {@link ArgumentChecks} holds for every call.
 *
 * @param name its name in Rust-Shyper's documents
 * @param kind the rule
 * @param limit bytes of a buffer, largest number, or most elements of a list; by kind
 * @param length for ranges: the index of the argument that holds their length; else -1
 */
public record Argument(String name, Kind kind, long limit, int length) {
    /** Rules for arguments. */
    public enum Kind {
        /** Any number. */
        ANY("number"),
        /** A number from 0 to the limit. */
        NUMBER("number"),
        /** Id of a VM that exists. */
        VM("VM id"),
        /** Id of a VM that exists and is not the management VM. */
        GUEST("id of a VM but 0"),
        /** Id of a VM that the caller means to talk to; the call itself finds out whether it can. */
        PEER("id of another VM"),
        /** Id of a VM in the low 16 bits, and 1 above them to force. */
        FORCED_VM("VM id; bit 16: by force"),
        /** Address of a buffer of {@code limit} bytes in the caller's memory. */
        BUFFER("IPA of a buffer"),
        /** Address of a page in the caller's memory. */
        PAGE("IPA of a page"),
        /** As PAGE, or 0. */
        OPTIONAL_PAGE("IPA of a page, or 0"),
        /** Address of a range of the caller's memory; its length in bytes is another argument, at most the limit. */
        BYTES("IPA of bytes"),
        /** Address of 64-bit words in the caller's memory; their number is another argument, at most the limit. */
        WORDS("IPA of 64-bit words");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** For tables. */
        public String text() {
            return text;
        }
    }

    /** Most bytes that one mediated disk or the file server may use as its buffer. */
    static final long MEDIATED_CACHE = 0x200_0000;
    /** Most sectors of a mediated disk. */
    static final long MOST_SECTORS = 1L << 40;
    /** Most bytes of an image that one call may upload. */
    static final long LARGEST_PART = 0x200_0000;
    /** Most bytes of a file's path. */
    static final long LONGEST_PATH = 255;
    /** Most bytes that one file call may read or write. */
    static final long UNILIB_BUFFER = 0x1_0000;
    /** SHARE_MEM's type of memory that VMs share; Rust-Shyper's own types are below. */
    static final long SHARED = 16;
    /** Most bytes of it. */
    static final long MOST_SHARED = 0x100_0000;

    /** Bytes of a name in guest memory; it ends with a zero byte before. */
    static final int NAME_SIZE = 32;

    static Argument any(String name) {
        return new Argument(name, Kind.ANY, 0, -1);
    }

    static Argument number(String name, long most) {
        return new Argument(name, Kind.NUMBER, most, -1);
    }

    static Argument vm() {
        return new Argument("vmid", Kind.VM, 0, -1);
    }

    static Argument guest() {
        return new Argument("vmid", Kind.GUEST, 0, -1);
    }

    static Argument peer() {
        return new Argument("vmid", Kind.PEER, 0, -1);
    }

    static Argument forcedVm() {
        return new Argument("vmid", Kind.FORCED_VM, 0, -1);
    }

    static Argument buffer(String name, int size) {
        return new Argument(name, Kind.BUFFER, size, -1);
    }

    static Argument name(String name) {
        return buffer(name, NAME_SIZE);
    }

    static Argument page(String name) {
        return new Argument(name, Kind.PAGE, 0, -1);
    }

    static Argument optionalPage(String name) {
        return new Argument(name, Kind.OPTIONAL_PAGE, 0, -1);
    }

    static Argument bytes(String name, int lengthIndex, long most) {
        return new Argument(name, Kind.BYTES, most, lengthIndex);
    }

    static Argument words(String name, int countIndex, long most) {
        return new Argument(name, Kind.WORDS, most, countIndex);
    }

    /** The rule in words, for tables. */
    public String rule() {
        return switch (kind) {
            case ANY, VM, GUEST, PEER, FORCED_VM, PAGE, OPTIONAL_PAGE -> kind.text();
            case NUMBER -> "0 to " + (limit < 10_000 ? Long.toString(limit) : "0x" + Long.toHexString(limit));
            case BUFFER -> "IPA of " + limit + " bytes";
            case BYTES -> kind.text() + ", number in x" + length + ", at most 0x" + Long.toHexString(limit);
            case WORDS -> kind.text() + ", number in x" + length + ", at most " + limit;
        };
    }
}
