package org.shyperlab.platforms.input;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Parses YAML text into nodes with line numbers. */
public final class YamlFile {
    /** Deeper nesting is refused; it bounds the recursion. */
    private static final int MAX_DEPTH = 32;

    private static final Pattern PLACE = Pattern.compile("(?m)^ in .*, line (\\d{1,9}), column ");

    private final YAMLParser parser;
    private final Problems problems;

    private YamlFile(YAMLParser parser, Problems problems) {
        this.parser = parser;
        this.problems = problems;
    }

    /**
     * Parses one YAML document whose top is a mapping.
     *
     * @throws InputException when the text is not YAML, is empty, or its top is no mapping
     */
    public static YamlNode.Mapping parse(String text, Problems problems) {
        int control = controlCharacter(text);
        if (control >= 0) {
            int line = 1 + (int) text.substring(0, control).lines().count() - (atStartOfLine(text, control) ? 0 : 1);
            problems.add(line, "not YAML: a control character, code %d".formatted((int) text.charAt(control)));
            throw new InputException(problems.all());
        }
        try (YAMLParser parser = new YAMLFactory().createParser(text)) {
            return new YamlFile(parser, problems).document();
        } catch (JsonProcessingException error) {
            problems.add(lineOf(error), "not YAML: " + why(error.getOriginalMessage()));
        } catch (IOException error) {
            problems.add(1, "cannot be read: " + error.getMessage());
        }
        throw new InputException(problems.all());
    }

    private YamlNode.Mapping document() throws IOException {
        if (parser.nextToken() == null) {
            problems.add(1, "the file is empty");
            throw new InputException(problems.all());
        }
        YamlNode node = value(0);
        if (!(node instanceof YamlNode.Mapping top)) {
            problems.add(node.line(), "the top of the file is " + node.kind() + "; keys and values are expected");
            throw new InputException(problems.all());
        }
        if (parser.nextToken() != null) {
            problems.add(line(), "a second YAML document; a file holds one");
        }
        return top;
    }

    private YamlNode value(int depth) throws IOException {
        int line = line();
        if (depth > MAX_DEPTH) {
            problems.add(line, "nested deeper than " + MAX_DEPTH + " levels");
            throw new InputException(problems.all());
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> mapping(line, depth);
            case START_ARRAY -> sequence(line, depth);
            default -> {
                if (parser.isCurrentAlias()) {
                    problems.add(line, "*%s: aliases are not known here; write the value".formatted(parser.getText()));
                }
                yield new YamlNode.Scalar(line, parser.getText());
            }
        };
    }

    private YamlNode.Mapping mapping(int line, int depth) throws IOException {
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            int keyLine = line();
            parser.nextToken();
            YamlNode.Entry before = entries.put(key, new YamlNode.Entry(keyLine, value(depth + 1)));
            if (before != null) {
                problems.add(keyLine, key + ": the key is already in line " + before.line());
            }
        }
        return new YamlNode.Mapping(line, entries);
    }

    private YamlNode.Sequence sequence(int line, int depth) throws IOException {
        List<YamlNode> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(depth + 1));
        }
        return new YamlNode.Sequence(line, items);
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }

    /** The exception's own location is that of the token before; the message ends with the place of what is wrong. */
    private static int lineOf(JsonProcessingException error) {
        JsonLocation location = error.getLocation();
        int line = location == null ? 1 : location.getLineNr();
        Matcher place = PLACE.matcher(error.getOriginalMessage());
        while (place.find()) {
            line = Integer.parseInt(place.group(1));
        }
        return line;
    }

    /**
     * The parser says in which context something is wrong, where that began, what is wrong, and where; each in a line, and the places
     * with the text beside them.
     */
    private static String why(String text) {
        return text.lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .collect(Collectors.joining(": "));
    }

    private static int controlCharacter(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' && "\t\n\r".indexOf(text.charAt(i)) < 0) {
                return i;
            }
        }
        return -1;
    }

    private static boolean atStartOfLine(String text, int at) {
        return at == 0 || text.charAt(at - 1) == '\n';
    }
}
