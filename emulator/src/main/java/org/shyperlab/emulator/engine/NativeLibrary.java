package org.shyperlab.emulator.engine;

/** The native libraries, with the version that the bindings were written for and checked against. */
public enum NativeLibrary {
    /** The processor cores. Its internals are used by offset, so only this very version will do. */
    UNICORN("Unicorn", "libunicorn.so.2", "shyperlab.unicorn", "2.1.1", "uc_version") {
        @Override
        String version(int packed) {
            // UC_MAKE_VERSION: major, minor, patch, extra, a byte each (2.0.0 and later).
            return "%d.%d.%d".formatted(packed >>> 24, packed >>> 16 & 0xff, packed >>> 8 & 0xff);
        }
    },
    /** The disassembler. Any 5.x has the layout of {@code cs_insn} that the binding reads. */
    CAPSTONE("Capstone", "libcapstone.so.5", "shyperlab.capstone", "5.x", "cs_version") {
        @Override
        String version(int packed) {
            return "%d.%d".formatted(packed >>> 8 & 0xff, packed & 0xff);
        }
    };

    private final String title;
    private final String fileName;
    private final String property;
    private final String needed;
    private final String versionFunction;

    NativeLibrary(String title, String fileName, String property, String needed, String versionFunction) {
        this.title = title;
        this.fileName = fileName;
        this.property = property;
        this.needed = needed;
        this.versionFunction = versionFunction;
    }

    /** The project's name, for messages. */
    public String title() {
        return title;
    }

    /** The shared object's file name, which carries its ABI version. */
    public String fileName() {
        return fileName;
    }

    /** The system property that names the file and switches the search off. */
    public String property() {
        return property;
    }

    /** The version that is needed: exact, or a family such as {@code 5.x}. */
    public String needed() {
        return needed;
    }

    /** The exported function {@code unsigned f(unsigned *major, unsigned *minor)} that tells the version. */
    String versionFunction() {
        return versionFunction;
    }

    /** The version in words out of what {@link #versionFunction} returns. */
    abstract String version(int packed);

    /** Whether {@code version} is what {@link #needed} asks for. */
    boolean accepts(String version) {
        return needed.endsWith(".x")
                ? version.startsWith(needed.substring(0, needed.length() - 1))
                : version.equals(needed);
    }
}
