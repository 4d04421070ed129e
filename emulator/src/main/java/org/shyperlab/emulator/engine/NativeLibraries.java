package org.shyperlab.emulator.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.NativeLibraryException;

/**
 * Finds, checks and opens the native libraries, each at most once in a JVM and only when it is asked for.
 *
 * <p>Order of search: the file that the library's system property names (and then nothing else); {@code lib} in Shyperlab's cache
 * directory ({@code $XDG_CACHE_HOME/shyperlab} or {@code ~/.cache/shyperlab}), where {@code doctor --install} puts them; then the
 * system's library directories. The first file of the right name is taken; when it is not good, that is an error and not a reason to
 * look further, so that what runs is never a surprise.
 */
public final class NativeLibraries {
    private static final Map<String, String> MULTIARCH =
            Map.of("amd64", "x86_64-linux-gnu", "aarch64", "aarch64-linux-gnu", "riscv64", "riscv64-linux-gnu");
    private static final NativeLibraries SYSTEM = new NativeLibraries(System::getProperty, System::getenv);

    /** An opened library of the right version. */
    public record Found(NativeLibrary library, Path path, String version, SymbolLookup symbols) {
        /**
         * The address of an exported function or variable.
         *
         * @throws NativeLibraryException when the library does not have it
         */
        public MemorySegment symbol(String name) {
            return symbols.find(name)
                    .orElseThrow(() -> new NativeLibraryException(
                            "%s cannot be used: %s has no symbol %s, so it is another library or another version. %s"
                                    .formatted(subject(library), path, name, remedy(library))));
        }

        /**
         * A handle on function {@code name} with {@code arguments} parameters, all of them and the result {@code long}: narrower C
         * integers and pointers travel in the same registers, and each further shape would cost the start-up some 0.1 s. A result
         * narrower than 64 bits must be cast, because its upper bits are undefined.
         *
         * @throws NativeLibraryException when the library does not have it
         */
        public MethodHandle function(String name, int arguments, Linker.Option... options) {
            MemoryLayout[] parameters = new MemoryLayout[arguments];
            Arrays.fill(parameters, ValueLayout.JAVA_LONG);
            FunctionDescriptor shape = FunctionDescriptor.of(ValueLayout.JAVA_LONG, parameters);
            return Linker.nativeLinker().downcallHandle(symbol(name), shape, options);
        }
    }

    private final UnaryOperator<@Nullable String> properties;
    private final UnaryOperator<@Nullable String> environment;
    private final Map<NativeLibrary, Found> opened = new EnumMap<>(NativeLibrary.class);

    /** A search that sees these system properties and environment variables. */
    NativeLibraries(UnaryOperator<@Nullable String> properties, UnaryOperator<@Nullable String> environment) {
        this.properties = properties;
        this.environment = environment;
    }

    /** The libraries of this process. */
    public static NativeLibraries system() {
        return SYSTEM;
    }

    /**
     * The library, opened.
     *
     * @throws NativeLibraryException when it is missing, damaged or of another version; the message says which and what helps
     */
    public synchronized Found open(NativeLibrary library) {
        Found known = opened.get(library);
        if (known == null) {
            known = load(library, find(library));
            opened.put(library, known);
        }
        return known;
    }

    /**
     * The file that {@link #open} would open, found but not yet looked into.
     *
     * @throws NativeLibraryException when there is none
     */
    public Path find(NativeLibrary library) {
        String named = properties.apply(library.property());
        if (named != null) {
            Path file = Path.of(named).toAbsolutePath();
            if (!Files.isRegularFile(file)) {
                throw new NativeLibraryException("%s is missing: the system property %s names %s, which is not a file."
                        .formatted(subject(library), library.property(), file));
            }
            return file;
        }
        List<Path> directories = directories();
        for (Path directory : directories) {
            Path file = directory.resolve(library.fileName());
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        throw new NativeLibraryException("%s is missing: it is in none of %s. %s"
                .formatted(
                        subject(library),
                        String.join(
                                ", ", directories.stream().map(Path::toString).toList()),
                        remedy(library)));
    }

    /** The directory where {@code doctor --install} puts libraries; searched before the system's. */
    public Path cacheDirectory() {
        String cache = environment.apply("XDG_CACHE_HOME");
        Path base = cache == null || cache.isEmpty()
                ? Path.of(String.valueOf(properties.apply("user.home")), ".cache")
                : Path.of(cache).toAbsolutePath();
        return base.resolve("shyperlab").resolve("lib");
    }

    private List<Path> directories() {
        List<Path> all = new ArrayList<>();
        all.add(cacheDirectory());
        String triplet = MULTIARCH.get(architecture());
        if (triplet != null) {
            all.add(Path.of("/usr/lib", triplet));
        }
        all.add(Path.of("/usr/lib"));
        all.add(Path.of("/usr/local/lib"));
        return all;
    }

    private String architecture() {
        return String.valueOf(properties.apply("os.arch"));
    }

    private Found load(NativeLibrary library, Path file) {
        String problem = SharedObject.problem(file, architecture());
        if (problem != null) {
            throw new NativeLibraryException(
                    "%s cannot be loaded: %s %s. %s".formatted(subject(library), file, problem, remedy(library)));
        }
        SymbolLookup symbols;
        try {
            symbols = SymbolLookup.libraryLookup(file, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new NativeLibraryException(
                    "%s cannot be loaded: the system's loader refuses %s (perhaps a library that it needs is missing; `ldd` tells). %s"
                            .formatted(subject(library), file, remedy(library)),
                    e);
        }
        String version = version(new Found(library, file, "unknown", symbols));
        if (!library.accepts(version)) {
            throw new NativeLibraryException("%s is needed, but %s is version %s. %s"
                    .formatted(subject(library), file, version, remedy(library)));
        }
        return new Found(library, file, version, symbols);
    }

    private static String version(Found found) {
        MethodHandle function = found.function(found.library().versionFunction(), 2);
        try {
            // Both libraries allow null for the two out parameters.
            return found.library().version((int) (long) function.invokeExact(0L, 0L));
        } catch (Throwable e) {
            throw new AssertionError("a call into C does not throw", e);
        }
    }

    private static String subject(NativeLibrary library) {
        return "%s (%s %s)".formatted(library.fileName(), library.title(), library.needed());
    }

    private static String remedy(NativeLibrary library) {
        return "The command `scripts/shyper doctor --install` brings the right one; -D%s=FILE names another file."
                .formatted(library.property());
    }
}
