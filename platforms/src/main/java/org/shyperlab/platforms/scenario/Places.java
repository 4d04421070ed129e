package org.shyperlab.platforms.scenario;

import java.util.HashMap;
import java.util.Map;
import org.shyperlab.platforms.input.YamlNode;

/**
 * Where in a scenario's file each key stands, for what turns out to be wrong only when the scenario is run.
 *
 * @param file the file's name for messages
 * @param lines lines by paths such as {@code disks[0].file}
 */
public record Places(String file, Map<String, Integer> lines) {
    /** Copies the map. */
    public Places {
        lines = Map.copyOf(lines);
    }

    /** The keys of a whole file. */
    static Places of(String file, YamlNode.Mapping top) {
        Map<String, Integer> lines = new HashMap<>();
        collect("", top, lines);
        return new Places(file, lines);
    }

    private static void collect(String path, YamlNode node, Map<String, Integer> lines) {
        lines.putIfAbsent(path, node.line());
        switch (node) {
            case YamlNode.Mapping mapping ->
                mapping.entries().forEach((key, entry) -> {
                    String inner = path.isEmpty() ? key : path + "." + key;
                    lines.put(inner, entry.line());
                    collect(inner, entry.value(), lines);
                });
            case YamlNode.Sequence sequence -> {
                for (int i = 0; i < sequence.items().size(); i++) {
                    collect("%s[%d]".formatted(path, i), sequence.items().get(i), lines);
                }
            }
            case YamlNode.Scalar scalar -> {}
        }
    }

    /** How a message about the key at {@code path} begins; its line is that of the nearest key around it that is there. */
    public String at(String path) {
        String at = path;
        while (!lines.containsKey(at) && !at.isEmpty()) {
            at = at.substring(0, Math.max(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['))));
        }
        return "%s:%d: %s: ".formatted(file, lines.getOrDefault(at, 1), path);
    }
}
