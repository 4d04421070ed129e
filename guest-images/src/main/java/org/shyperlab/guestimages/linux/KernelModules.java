package org.shyperlab.guestimages.linux;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.shyperlab.guestimages.debian.DebianPackage;
import org.shyperlab.guestimages.debian.DebianPackageException;
import org.tukaani.xz.XZInputStream;

/** The loadable modules of a kernel package, by name. As for the kernel's own tools, "-" and "_" in names are the same. */
final class KernelModules {
    private static final String DIRECTORY = "usr/lib/modules/";
    private static final String SUFFIX = ".ko.xz";
    private static final String BUILT_IN = "modules.builtin";

    /** A module, unpacked. */
    record Module(String name, byte[] contents) {}

    private final DebianPackage linux;
    private final Map<String, String> pathByName = new TreeMap<>();

    /** The modules of {@code linux}. */
    KernelModules(DebianPackage linux) {
        this.linux = linux;
        for (String path : linux.files(DIRECTORY)) {
            if (path.endsWith(SUFFIX)) {
                String file = path.substring(path.lastIndexOf('/') + 1);
                pathByName.put(key(file.substring(0, file.length() - SUFFIX.length())), path);
            }
        }
    }

    private static String key(String name) {
        return name.replace('-', '_');
    }

    /**
     * The named modules and all that they need, each after those that it needs and otherwise in the order of the names. What is
     * built into the kernel is there already and left out.
     *
     * @throws DebianPackageException when the kernel has no such module
     */
    List<Module> withNeeded(List<String> names) {
        Map<String, Module> found = new LinkedHashMap<>();
        names.forEach(name -> add(name, found));
        return List.copyOf(found.values());
    }

    private void add(String name, Map<String, Module> found) {
        String key = key(name);
        if (found.containsKey(key)) {
            return;
        }
        String path = pathByName.get(key);
        if (path == null) {
            requireBuiltIn(name);
            return;
        }
        byte[] contents = unpack(path);
        for (String needed : ModuleInformation.needed(path, contents)) {
            add(needed, found);
        }
        found.put(key, new Module(name, contents));
    }

    private void requireBuiltIn(String name) {
        boolean builtIn = linux.files(DIRECTORY).stream()
                .filter(path -> path.endsWith("/" + BUILT_IN))
                .flatMap(path -> new String(linux.read(path), StandardCharsets.UTF_8).lines())
                .map(line -> line.substring(line.lastIndexOf('/') + 1))
                .anyMatch(file -> key(file).equals(key(name) + ".ko"));
        if (!builtIn) {
            throw new DebianPackageException("The Debian package %s (%s) has no kernel module \"%s\"."
                    .formatted(linux.name(), linux.version(), name));
        }
    }

    private byte[] unpack(String path) {
        try (XZInputStream in = new XZInputStream(new ByteArrayInputStream(linux.read(path)))) {
            return in.readAllBytes();
        } catch (IOException error) {
            throw new DebianPackageException("%s of the Debian package %s cannot be unpacked: %s"
                    .formatted(path, linux.name(), error.getMessage()));
        }
    }
}
