package org.shyperlab.platforms.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message: a JSON object in one line. Values are String, Long, Double, Boolean, List of values, or Map of values by key.
 *
 * @param members what the object holds
 */
public record Message(Map<String, Object> members) {
    /** Longest line in bytes, with its end. */
    public static final int LONGEST_LINE = 64 << 10;

    /** Deeper nesting is refused; it bounds the recursion. */
    private static final int DEEPEST = 8;

    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Writes members of an object. */
    public interface Writer {
        /** Writes them. */
        void write(JsonGenerator json) throws IOException;
    }

    /** Reads a line, which comes without its end. */
    public static Message parse(String line) throws ProtocolException {
        try (JsonParser parser = JSON.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new ProtocolException("A message is a JSON object: {\"order\": \"list\"}.");
            }
            Map<String, Object> members = object(parser, 1);
            if (parser.nextToken() != null) {
                throw new ProtocolException("A line holds one JSON object and nothing behind it.");
            }
            return new Message(members);
        } catch (JsonProcessingException error) {
            String why = String.valueOf(error.getOriginalMessage());
            throw new ProtocolException(
                    "The line is not JSON: " + why.lines().findFirst().orElse(""));
        } catch (IOException impossible) {
            throw new IllegalStateException("reading from memory does not fail", impossible);
        }
    }

    /** The text of a message, in one line with its end. */
    public static String line(Writer members) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            members.write(json);
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new IllegalStateException("writing to memory does not fail", impossible);
        }
        return text.append('\n').toString();
    }

    private static Map<String, Object> object(JsonParser parser, int depth) throws IOException, ProtocolException {
        Map<String, Object> members = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            members.put(key, value(parser, depth));
        }
        return members;
    }

    private static Object value(JsonParser parser, int depth) throws IOException, ProtocolException {
        if (depth == DEEPEST) {
            throw new ProtocolException("Objects and arrays are nested at most %d deep.".formatted(DEEPEST - 1));
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser, depth + 1);
            case START_ARRAY -> {
                List<Object> values = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    values.add(value(parser, depth + 1));
                }
                yield values;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> integer(parser);
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> throw new ProtocolException("A member that has no value is left out: there is no null.");
            default -> throw new ProtocolException("The line is not JSON: a value is missing.");
        };
    }

    private static Object integer(JsonParser parser) throws IOException, ProtocolException {
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw new ProtocolException("Integers have at most 64 bits.");
        }
        return parser.getLongValue();
    }

    /** A member that is a text; null when it is not there or something else. */
    public @Nullable String text(String key) {
        return members.get(key) instanceof String text ? text : null;
    }

    /** A member that is a list of texts, for people; empty when it is not there. Other values in it are shown as they are. */
    public List<String> texts(String key) {
        return members.get(key) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }

    /** A member that is a list of objects; what else is in it is left out. */
    public List<Message> objects(String key) {
        List<Message> found = new ArrayList<>();
        if (members.get(key) instanceof List<?> list) {
            for (Object element : list) {
                if (element instanceof Map<?, ?> map) {
                    found.add(ofMap(map));
                }
            }
        }
        return found;
    }

    /** A member that is an object; empty when it is not there. */
    public Message object(String key) {
        return members.get(key) instanceof Map<?, ?> map ? ofMap(map) : new Message(Map.of());
    }

    private static Message ofMap(Map<?, ?> map) {
        Map<String, Object> members = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            if (value != null) {
                members.put(String.valueOf(key), value);
            }
        });
        return new Message(members);
    }

    /** A member that is a number; 0 when it is not there. */
    public double number(String key) {
        return members.get(key) instanceof Number number ? number.doubleValue() : 0;
    }

    /** A member that is an integer; 0 when it is not there. */
    public long integer(String key) {
        return members.get(key) instanceof Long number ? number : 0;
    }
}
