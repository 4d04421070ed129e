import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.ConstantPoolSharingOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Gives the classes of jars class file version 61 and stack maps where they are older than 50: {@code java RaiseClassVersions.java JAR...}.
 *
 * <p>JDK 25's AOT cache takes no class that old, and picocli's are from the days of Java 5: loading and verifying them anew was a
 * quarter of the time that {@code shyper run qemu-aarch64-hello} takes. What the classes do stays as it is.
 */
final class RaiseClassVersions {
    private static final int FIRST_VERSION_IN_CACHE = 50;
    private static final int NEW_VERSION = 61;

    private RaiseClassVersions() {}

    public static void main(String[] jars) throws IOException {
        for (String jar : jars) {
            raise(Path.of(jar));
        }
    }

    private static void raise(Path jar) throws IOException {
        Path partial = Path.of(jar + ".partial");
        try (ZipFile in = new ZipFile(jar.toFile());
                URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()});
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(partial))) {
            ClassFile format = ClassFile.of(
                    ConstantPoolSharingOption.NEW_POOL,
                    StackMapsOption.GENERATE_STACK_MAPS,
                    ClassHierarchyResolverOption.of(
                            ClassHierarchyResolver.ofResourceParsing(loader).orElse(ClassHierarchyResolver.defaultResolver())));
            for (ZipEntry entry : Collections.list(in.entries())) {
                byte[] bytes = in.getInputStream(entry).readAllBytes();
                ZipEntry copy = new ZipEntry(entry.getName());
                copy.setTimeLocal(entry.getTimeLocal());
                out.putNextEntry(copy);
                out.write(entry.getName().endsWith(".class") ? raise(format, bytes) : bytes);
                out.closeEntry();
            }
        }
        Files.move(partial, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private static byte[] raise(ClassFile format, byte[] bytes) {
        ClassModel original = format.parse(bytes);
        if (original.majorVersion() >= FIRST_VERSION_IN_CACHE) {
            return bytes;
        }
        return format.transformClass(
                original,
                ClassTransform.transformingMethodBodies((code, element) -> code.with(element))
                        .andThen(ClassTransform.endHandler(builder -> builder.withVersion(NEW_VERSION, 0))));
    }
}
