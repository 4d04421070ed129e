package org.shyperlab.hypervisor.config;

/**
 * One mistake in a VM configuration.
 *
 * @param file the file's name
 * @param line where in the file, from 1; 0 when the mistake has no place of its own
 * @param path the JSON path of the value, for example {@code cpu.allocate_bitmap}
 * @param message what is wrong and which rule it breaks
 */
public record ConfigProblem(String file, int line, String path, String message) {
    @Override
    public String toString() {
        String place = line > 0 ? file + ":" + line : file;
        return place + ": " + (path.isEmpty() ? "" : path + ": ") + message;
    }
}
