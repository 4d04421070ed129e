package org.shyperlab.platforms.input;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the keys of one YAML mapping. Whatever is wrong becomes a problem and a harmless value, so that reading goes on and finds the
 * rest. Call {@link #finish} at the end: keys that nobody asked for are unknown.
 */
public final class Fields {
    private final YamlNode.Mapping mapping;
    private final String path;
    private final Problems problems;
    private final Set<String> known = new LinkedHashSet<>();

    /**
     * The keys of {@code mapping}.
     *
     * @param path where the mapping is, for messages: empty at the top, else for example {@code devices[2]}
     */
    public Fields(YamlNode.Mapping mapping, String path, Problems problems) {
        this.mapping = mapping;
        this.path = path;
        this.problems = problems;
    }

    /** The mapping's own line. */
    public int line() {
        return mapping.line();
    }

    /** The line of a key, or of the mapping when the key is missing. */
    public int line(String key) {
        YamlNode.Entry entry = mapping.entries().get(key);
        return entry == null ? mapping.line() : entry.line();
    }

    /** Whether the key is there. */
    public boolean has(String key) {
        return mapping.entries().containsKey(key);
    }

    /** Adds a problem about a key. */
    public void problem(String key, String rule) {
        problems.add(line(key), pathOf(key) + ": " + rule);
    }

    /** Text that must be there and not empty. */
    public String text(String key) {
        String text = optionalText(key);
        if (text == null) {
            missing(key);
            return "";
        }
        if (text.isBlank()) {
            problem(key, "is empty");
        }
        return text;
    }

    /** Text, or null when the key is missing. */
    public @Nullable String optionalText(String key) {
        YamlNode node = node(key);
        if (node == null) {
            return null;
        }
        if (node instanceof YamlNode.Scalar scalar) {
            return scalar.text();
        }
        problem(key, "is " + node.kind() + "; a single value is expected");
        return "";
    }

    /** One of a table's keys; the table's value. */
    public <T> @Nullable T choice(String key, Map<String, T> table) {
        String text = text(key);
        T value = table.get(text);
        if (value == null && !text.isEmpty()) {
            problem(
                    key,
                    "\"" + text + "\" is not one of: "
                            + String.join(", ", table.keySet().stream().sorted().toList()));
        }
        return value;
    }

    /** An integer that must be there, within {@code [low, high]}. */
    public long integer(String key, long low, long high) {
        return ranged(key, null, low, high, "an integer like 16 or 0x10", Quantity::integer);
    }

    /** An integer within {@code [low, high]}, or {@code missing} when the key is not there. */
    public long integer(String key, long low, long high, long missing) {
        return ranged(key, missing, low, high, "an integer like 16 or 0x10", Quantity::integer);
    }

    /** A size in bytes that must be there, within {@code [low, high]}. */
    public long size(String key, long low, long high) {
        return ranged(key, null, low, high, Quantity.SIZE_FORM, Quantity::size);
    }

    /** A size in bytes within {@code [low, high]}, or {@code missing} when the key is not there. */
    public long size(String key, long low, long high, long missing) {
        return ranged(key, missing, low, high, Quantity.SIZE_FORM, Quantity::size);
    }

    /** A time in ns within {@code [low, high]}, or {@code missing} when the key is not there. */
    public long nanos(String key, long low, long high, long missing) {
        return ranged(key, missing, low, high, Quantity.TIME_FORM, Quantity::nanos);
    }

    private long ranged(
            String key,
            @Nullable Long missing,
            long low,
            long high,
            String form,
            Function<String, OptionalLong> parse) {
        String text = optionalText(key);
        if (text == null) {
            if (missing != null) {
                return missing;
            }
            missing(key);
            return low;
        }
        OptionalLong value = parse.apply(text);
        if (value.isEmpty()) {
            problem(key, "\"" + text + "\" is not " + form);
            return low;
        }
        if (value.getAsLong() < low || value.getAsLong() > high) {
            problem(key, "%s is outside %s to %s".formatted(text, shown(low, text), shown(high, text)));
            return low;
        }
        return value.getAsLong();
    }

    private static String shown(long bound, String like) {
        return like.startsWith("0x") ? "0x" + Long.toHexString(bound) : Long.toString(bound);
    }

    /** The keys below a key that must be there; an empty mapping when it is not. */
    public Fields section(String key) {
        Fields section = optionalSection(key);
        if (section == null) {
            missing(key);
            return new Fields(
                    new YamlNode.Mapping(mapping.line(), Map.of()), pathOf(key), new Problems(problems.file()));
        }
        return section;
    }

    /** The keys below a key, or null when it is missing. */
    public @Nullable Fields optionalSection(String key) {
        YamlNode node = node(key);
        if (node == null) {
            return null;
        }
        return section(node, pathOf(key));
    }

    /** A list of mappings; empty when the key is missing. */
    public List<Fields> sections(String key) {
        List<Fields> sections = new ArrayList<>();
        List<YamlNode> items = items(key);
        for (int i = 0; i < items.size(); i++) {
            sections.add(section(items.get(i), "%s[%d]".formatted(pathOf(key), i)));
        }
        return sections;
    }

    /** As {@link #sections}, but a single value stands for a mapping of {@code only} to it. */
    public List<Fields> sectionsOr(String key, String only) {
        List<Fields> sections = new ArrayList<>();
        List<YamlNode> items = items(key);
        for (int i = 0; i < items.size(); i++) {
            YamlNode item = items.get(i);
            YamlNode mapping = item instanceof YamlNode.Scalar
                    ? new YamlNode.Mapping(item.line(), Map.of(only, new YamlNode.Entry(item.line(), item)))
                    : item;
            sections.add(section(mapping, "%s[%d]".formatted(pathOf(key), i)));
        }
        return sections;
    }

    /** A list of texts; empty when the key is missing. */
    public List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        for (YamlNode item : items(key)) {
            if (item instanceof YamlNode.Scalar scalar) {
                texts.add(scalar.text());
            } else {
                problems.add(item.line(), pathOf(key) + ": holds " + item.kind() + "; single values are expected");
            }
        }
        return texts;
    }

    /** Every key with its text, for sections whose keys are names; all keys count as known. */
    public Map<String, YamlNode.Entry> all() {
        known.addAll(mapping.entries().keySet());
        return mapping.entries();
    }

    /** Reports keys that nobody asked for. */
    public void finish() {
        mapping.entries().forEach((key, entry) -> {
            if (!known.contains(key)) {
                problems.add(entry.line(), pathOf(key) + ": unknown key; known here: " + String.join(", ", known));
            }
        });
    }

    private Fields section(YamlNode node, String where) {
        if (node instanceof YamlNode.Mapping child) {
            return new Fields(child, where, problems);
        }
        problems.add(node.line(), where + ": is " + node.kind() + "; keys and values are expected");
        return new Fields(new YamlNode.Mapping(node.line(), Map.of()), where, new Problems(problems.file()));
    }

    private List<YamlNode> items(String key) {
        YamlNode node = node(key);
        if (node == null) {
            return List.of();
        }
        if (node instanceof YamlNode.Sequence sequence) {
            return sequence.items();
        }
        problem(key, "is " + node.kind() + "; a list is expected");
        return List.of();
    }

    private @Nullable YamlNode node(String key) {
        known.add(key);
        YamlNode.Entry entry = mapping.entries().get(key);
        return entry == null ? null : entry.value();
    }

    private void missing(String key) {
        problems.add(mapping.line(), pathOf(key) + ": is missing");
    }

    private String pathOf(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
