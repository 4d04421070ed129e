package org.shyperlab.hypervisor.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes values of the expected kinds out of a {@link JsonValue}, and notes every one that is missing, misplaced or misspelt. */
final class JsonReader {
    /** Stands for an object that is not there; real ones have a line. */
    private static final JsonValue.Members NOTHING = new JsonValue.Members(0, "", Map.of());

    private final String file;
    private final List<ConfigProblem> problems = new ArrayList<>();
    private final Map<String, Integer> lines = new HashMap<>();

    JsonReader(String file) {
        this.file = file;
    }

    List<ConfigProblem> problems() {
        return problems;
    }

    Map<String, Integer> lines() {
        return lines;
    }

    void problem(int line, String path, String message) {
        problems.add(new ConfigProblem(file, line, path, message));
    }

    private void problem(JsonValue value, String message) {
        problem(value.line(), value.path(), message);
    }

    /** Notes where every value stands. */
    void index(JsonValue value) {
        lines.put(value.path(), value.line());
        switch (value) {
            case JsonValue.Members members -> members.values().values().forEach(this::index);
            case JsonValue.Elements elements -> elements.values().forEach(this::index);
            case JsonValue.Scalar ignored -> {
                // Has nothing inside.
            }
        }
    }

    /** The value as an object that has these keys and no others. */
    JsonValue.Members members(JsonValue value, Set<String> keys) {
        if (!(value instanceof JsonValue.Members members)) {
            problem(value, "must be an object {...}");
            return NOTHING;
        }
        for (Map.Entry<String, JsonValue> member : members.values().entrySet()) {
            if (!keys.contains(member.getKey())) {
                problem(
                        member.getValue(),
                        "unknown key; known here are "
                                + String.join(", ", keys.stream().sorted().toList()));
            }
        }
        return members;
    }

    /** A member that must be there; null, with a problem noted, when it is not. */
    @Nullable
    JsonValue required(JsonValue.Members from, String key) {
        JsonValue value = from.values().get(key);
        if (value == null && isPresent(from)) {
            problem(from.line(), from.path(), "the key " + key + " is missing");
        }
        return value;
    }

    JsonValue.Members object(JsonValue.Members from, String key, boolean required, Set<String> keys) {
        JsonValue value = required ? required(from, key) : from.values().get(key);
        return value == null ? NOTHING : members(value, keys);
    }

    List<JsonValue> list(JsonValue.Members from, String key, boolean required) {
        JsonValue value = required ? required(from, key) : from.values().get(key);
        if (value == null) {
            return List.of();
        }
        if (value instanceof JsonValue.Elements elements) {
            return elements.values();
        }
        problem(value, "must be a list [...]");
        return List.of();
    }

    /** Whether the object was there at all. */
    static boolean isPresent(JsonValue.Members members) {
        return members.line() > 0;
    }

    @Nullable
    String text(JsonValue.Members from, String key, boolean required) {
        JsonValue value = required ? required(from, key) : from.values().get(key);
        if (value == null) {
            return null;
        }
        if (value instanceof JsonValue.Scalar scalar && scalar.quoted()) {
            return scalar.text();
        }
        problem(value, "must be a string");
        return null;
    }

    /** A number that must be there: 0 with a problem noted when it is not. */
    long number(JsonValue.Members from, String key) {
        JsonValue value = required(from, key);
        return value == null ? 0 : number(value);
    }

    long number(JsonValue.Members from, String key, long otherwise) {
        JsonValue value = from.values().get(key);
        return value == null ? otherwise : number(value);
    }

    /** A JSON integer, or a string with a hexadecimal (0x), binary (0b) or decimal number; not negative. */
    long number(JsonValue value) {
        if (value instanceof JsonValue.Scalar scalar) {
            String text = scalar.text().trim().replace("_", "");
            try {
                long number;
                if (text.startsWith("0x") || text.startsWith("0X")) {
                    number = Long.parseLong(text.substring(2), 16);
                } else if (text.startsWith("0b") || text.startsWith("0B")) {
                    number = Long.parseLong(text.substring(2), 2);
                } else {
                    number = Long.parseLong(text);
                }
                if (number >= 0) {
                    return number;
                }
            } catch (NumberFormatException e) {
                problem(value, "'%s' is not a number: use 1234, \"0x4d2\" or \"0b1011\"".formatted(scalar.text()));
                return 0;
            }
        }
        problem(value, "must be a number that is not negative");
        return 0;
    }

    /** As {@link #number(JsonValue.Members, String)}, for what has to fit an int. */
    int smallNumber(JsonValue.Members from, String key) {
        JsonValue value = required(from, key);
        return value == null ? 0 : smallNumber(value);
    }

    /** As above, for one that may be missing. */
    int smallNumber(JsonValue.Members from, String key, int otherwise) {
        JsonValue value = from.values().get(key);
        return value == null ? otherwise : smallNumber(value);
    }

    int smallNumber(JsonValue value) {
        long number = number(value);
        if (number > Integer.MAX_VALUE) {
            problem(value, number + " is too large");
            return 0;
        }
        return (int) number;
    }

    /** A count beside a list: optional, but when it is there it must be right. */
    void count(JsonValue.Members from, String key, int actual) {
        JsonValue value = from.values().get(key);
        if (value != null) {
            long said = number(value);
            if (said != actual) {
                problem(value, "says %d, but the list has %d".formatted(said, actual));
            }
        }
    }

    /** A name of an enum constant behind a prefix. */
    <E extends Enum<E>> @Nullable E choice(JsonValue.Members from, String key, Class<E> type, String prefix) {
        String text = text(from, key, true);
        if (text == null) {
            return null;
        }
        List<String> known = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            String name = prefix + constant.name();
            if (name.equals(text)) {
                return constant;
            }
            known.add(name);
        }
        JsonValue value = from.values().get(key);
        if (value != null) {
            problem(value, "'%s' is not a known type; known are %s".formatted(text, String.join(", ", known)));
        }
        return null;
    }

    /** Notes a problem when a key is there that asks for something this hypervisor does not do. */
    void refuse(JsonValue.Members from, String key, String why) {
        JsonValue value = from.values().get(key);
        boolean empty = value == null
                || value instanceof JsonValue.Elements list && list.values().isEmpty()
                || value instanceof JsonValue.Scalar scalar
                        && (scalar.text().isEmpty() || scalar.text().equals("null"));
        if (value != null && !empty) {
            problem(value, why);
        }
    }
}
