package org.shyperlab.hypervisor.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A JSON value that knows where it stands in its file; Jackson's own tree does not. */
sealed interface JsonValue {
    /** Deeper nesting is refused; it bounds the recursion. */
    int DEEPEST = 32;

    /** Line in the file, from 1. */
    int line();

    /** JSON path from the top, empty for the top itself. */
    String path();

    /** {@code {...}}. */
    record Members(int line, String path, Map<String, JsonValue> values) implements JsonValue {}

    /** {@code [...]}. */
    record Elements(int line, String path, List<JsonValue> values) implements JsonValue {}

    /** A string, number, true, false or null; {@code quoted} tells a string. */
    record Scalar(int line, String path, String text, boolean quoted) implements JsonValue {}

    /** What is not JSON, and where. */
    final class SyntaxError extends Exception {
        private static final long serialVersionUID = 1;
        private final int line;

        SyntaxError(int line, String message) {
            super(message);
            this.line = line;
        }

        int line() {
            return line;
        }
    }

    /** Parses a whole file. */
    static JsonValue parse(String text) throws SyntaxError {
        JsonFactory factory = JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        // Some editors begin a file with a byte order mark, which readers may ignore (RFC 8259, 8.1).
        try (JsonParser parser = factory.createParser(text.startsWith("\uFEFF") ? text.substring(1) : text)) {
            if (parser.nextToken() == null) {
                throw new SyntaxError(1, "the file is empty");
            }
            JsonValue value = value(parser, "", 0);
            if (parser.nextToken() != null) {
                throw new SyntaxError(
                        parser.currentTokenLocation().getLineNr(), "there is more after the end of the JSON value");
            }
            return value;
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new SyntaxError(line, "not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new IllegalStateException("reading from a string", e);
        }
    }

    private static JsonValue value(JsonParser parser, String path, int depth) throws IOException, SyntaxError {
        int line = parser.currentTokenLocation().getLineNr();
        if (depth > DEEPEST) {
            throw new SyntaxError(line, "nested deeper than %d levels".formatted(DEEPEST));
        }
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            Map<String, JsonValue> values = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                values.put(name, value(parser, path.isEmpty() ? name : path + "." + name, depth + 1));
            }
            return new Members(line, path, values);
        }
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            List<JsonValue> values = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                values.add(value(parser, path + "[" + values.size() + "]", depth + 1));
            }
            return new Elements(line, path, values);
        }
        return new Scalar(line, path, parser.getText(), parser.currentToken() == JsonToken.VALUE_STRING);
    }
}
