package org.shyperlab.platforms.control;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.shyperlab.platforms.control.Order.Member;

/**
 * An order with its members; those that the order does not have are empty.
 *
 * @param order what to do
 * @param vm a VM's number or name; empty for all VMs
 * @param file an absolute path
 * @param force whether not to ask the guest
 * @param data typed bytes
 */
@SuppressWarnings("ArrayRecordComponent") // read once, by the one it was made for
record Request(Order order, String vm, Path file, boolean force, byte[] data) {
    private static final String ORDER = "order";

    /** Reads a line. The exception names the rule that it breaks. */
    static Request parse(String line) throws ProtocolException {
        Map<String, Object> members = Message.parse(line).members();
        Order order = order(members.get(ORDER));
        Set<Member> known = order.members();
        for (String key : members.keySet()) {
            if (!key.equals(ORDER)
                    && known.stream().noneMatch(member -> member.key().equals(key))) {
                throw new ProtocolException("The order \"%s\" has no member \"%s\"; it has: order%s."
                        .formatted(
                                order.key(),
                                key,
                                known.stream()
                                        .map(member -> ", " + member.key())
                                        .collect(Collectors.joining())));
            }
        }
        for (Member member : known) {
            if (order.requires(member) && !members.containsKey(member.key())) {
                throw new ProtocolException(
                        "The order \"%s\" needs the member \"%s\".".formatted(order.key(), member.key()));
            }
        }
        return new Request(
                order,
                vm(members.get(Member.VM.key())),
                file(members.get(Member.FILE.key())),
                force(members.get(Member.FORCE.key())),
                data(members.get(Member.DATA.key())));
    }

    private static Order order(@Nullable Object value) throws ProtocolException {
        for (Order order : Order.values()) {
            if (order.key().equals(value)) {
                return order;
            }
        }
        throw new ProtocolException("\"order\" is one of: "
                + Arrays.stream(Order.values()).map(Order::key).collect(Collectors.joining(", ")) + ".");
    }

    private static String vm(@Nullable Object value) throws ProtocolException {
        return switch (value) {
            case null -> "";
            case Long number -> number.toString();
            case String name when !name.isEmpty() -> name;
            default -> throw new ProtocolException("\"vm\" is a VM's number or its name.");
        };
    }

    private static Path file(@Nullable Object value) throws ProtocolException {
        if (value == null) {
            return Path.of("");
        }
        try {
            Path path = value instanceof String text ? Path.of(text) : null;
            if (path != null && path.isAbsolute()) {
                return path;
            }
        } catch (InvalidPathException error) {
            throw new ProtocolException("\"file\" is no path: " + error.getReason() + ".");
        }
        throw new ProtocolException("\"file\" is an absolute path.");
    }

    private static boolean force(@Nullable Object value) throws ProtocolException {
        return switch (value) {
            case null -> false;
            case Boolean force -> force;
            default -> throw new ProtocolException("\"force\" is true or false.");
        };
    }

    private static byte[] data(@Nullable Object value) throws ProtocolException {
        if (value == null) {
            return new byte[0];
        }
        try {
            if (value instanceof String text) {
                return Base64.getDecoder().decode(text);
            }
        } catch (IllegalArgumentException error) {
            throw new ProtocolException("\"data\" is Base64: " + error.getMessage() + ".");
        }
        throw new ProtocolException("\"data\" is bytes in Base64.");
    }
}
