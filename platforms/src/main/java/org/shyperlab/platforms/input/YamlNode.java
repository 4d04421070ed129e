package org.shyperlab.platforms.input;

import java.util.List;
import java.util.Map;

/** A YAML value that remembers its line. Scalars stay text: the reader knows what type it expects. */
public sealed interface YamlNode {
    /** Line in the file, from 1. */
    int line();

    /** What it is, for messages. */
    String kind();

    /** A single value. */
    record Scalar(int line, String text) implements YamlNode {
        @Override
        public String kind() {
            return "a single value";
        }
    }

    /** A list. */
    record Sequence(int line, List<YamlNode> items) implements YamlNode {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /** Keys and values, in the file's order. */
    record Mapping(int line, Map<String, Entry> entries) implements YamlNode {
        @Override
        public String kind() {
            return "keys and values";
        }
    }

    /** A key's value and the line of the key. */
    record Entry(int line, YamlNode value) {}
}
