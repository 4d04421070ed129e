package org.shyperlab.emulator.debug;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.NativeLibraryException;
import org.shyperlab.emulator.engine.NativeLibraries;
import org.shyperlab.emulator.engine.NativeLibrary;

/**
 * What {@code shyper doctor} tells about one native library. Either {@code path} and {@code version} are there, or {@code problem}
 * is.
 *
 * @param name the project, for example {@code Unicorn}
 * @param fileName the file name that is searched
 * @param needed the version that is needed, for example {@code 2.1.1} or {@code 5.x}
 * @param path the file that is used
 * @param version its version
 * @param problem one paragraph: what is wrong, where it was looked for, what helps
 */
public record NativeLibraryStatus(
        String name,
        String fileName,
        String needed,
        @Nullable Path path,
        @Nullable String version,
        @Nullable String problem) {
    /** The state of every library that the emulator uses, in the order of their importance. Opens them. */
    public static List<NativeLibraryStatus> all() {
        return Arrays.stream(NativeLibrary.values())
                .map(NativeLibraryStatus::of)
                .toList();
    }

    /** The directory where {@code doctor --install} puts libraries. */
    public static Path installDirectory() {
        return NativeLibraries.system().cacheDirectory();
    }

    /** Whether the library can be used. */
    public boolean isUsable() {
        return problem == null;
    }

    private static NativeLibraryStatus of(NativeLibrary library) {
        try {
            NativeLibraries.Found found = NativeLibraries.system().open(library);
            return new NativeLibraryStatus(
                    library.title(), library.fileName(), library.needed(), found.path(), found.version(), null);
        } catch (NativeLibraryException e) {
            return new NativeLibraryStatus(
                    library.title(), library.fileName(), library.needed(), null, null, e.getMessage());
        }
    }
}
