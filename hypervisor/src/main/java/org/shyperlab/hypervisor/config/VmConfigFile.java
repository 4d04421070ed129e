package org.shyperlab.hypervisor.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A configuration file after reading.
 *
 * @param file the file's name in messages
 * @param config what it says; null when it has problems
 * @param lines where each JSON path stands in the file
 * @param problems what is wrong with its form
 */
public record VmConfigFile(
        String file, @Nullable VmConfig config, Map<String, Integer> lines, List<ConfigProblem> problems) {
    /** Copies the collections. */
    public VmConfigFile {
        lines = Map.copyOf(lines);
        problems = List.copyOf(problems);
    }

    /** A problem with the value at a path; its line is that of the path or of the nearest value around it that is there. */
    public ConfigProblem problem(String path, String message) {
        String at = path;
        while (!lines.containsKey(at) && !at.isEmpty()) {
            int cut = Math.max(at.lastIndexOf('.'), at.lastIndexOf('['));
            at = cut < 0 ? "" : at.substring(0, cut);
        }
        return new ConfigProblem(file, lines.getOrDefault(at, 0), path, message);
    }
}
