package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tests that {@code docs/defects.md} names are there. */
class DefectsDocumentTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern NAME = Pattern.compile("`(?:([A-Z]\\w*Test)(?:\\.(\\w+))?|([a-z]\\w{15,}))`");

    private static Map<String, String> sources() throws IOException {
        Map<String, String> sources = new TreeMap<>();
        for (String module : List.of("emulator", "hypervisor", "guest-images", "platforms")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
                for (Path file : files.filter(path -> path.toString().endsWith("Test.java"))
                        .toList()) {
                    String name = file.getFileName().toString().replace(".java", "");
                    sources.merge(name, Files.readString(file), String::concat);
                }
            }
        }
        return sources;
    }

    @Test
    void everyTestThatThePageNamesIsThere() throws IOException {
        Map<String, String> sources = sources();
        String page = Files.readString(ROOT.resolve("docs/defects.md"));
        List<String> missing = new ArrayList<>();
        Matcher names = NAME.matcher(page);
        String current = "";
        int found = 0;
        while (names.find()) {
            current = names.group(1) == null ? current : names.group(1);
            String method = names.group(2) == null ? names.group(3) : names.group(2);
            String source = sources.get(current);
            if (source == null || method != null && !source.contains("void " + method + "(")) {
                missing.add(names.group());
            }
            found++;
        }
        assertThat(missing).isEmpty();
        assertThat(found).isGreaterThan(30);
    }
}
