package org.shyperlab.platforms.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines, messages and orders, without a socket. */
class MessageTest {
    private static final long SEED = 20261120;

    @Test
    void anOrderIsReadWithItsMembers() throws ProtocolException {
        Request reboot = Request.parse("{\"order\":\"reboot\",\"vm\":1,\"force\":true}");
        assertThat(reboot.order()).isEqualTo(Order.REBOOT);
        assertThat(reboot.vm()).isEqualTo("1");
        assertThat(reboot.force()).isTrue();
        assertThat(Request.parse("{\"vm\":\"hello\",\"order\":\"boot\"}\r").vm())
                .isEqualTo("hello");
        assertThat(Request.parse("{\"order\":\"config\",\"file\":\"/a/b.json\"}")
                        .file())
                .isEqualTo(Path.of("/a/b.json"));
        assertThat(Request.parse("{\"order\":\"type\",\"data\":\"/wA=\"}").data())
                .containsExactly(0xff, 0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                                     | A message is a JSON object",
                "[1]                                    | A message is a JSON object",
                "{\"order\":\"list\"                    | The line is not JSON",
                "hello                                  | The line is not JSON",
                "{\"order\":\"list\"} {}                | A line holds one JSON object and nothing behind it.",
                "{\"order\":\"list\",\"order\":\"list\"} | The line is not JSON: Duplicate",
                "{\"order\":\"dance\"}                  | \"order\" is one of: machine, list, config",
                "{}                                     | \"order\" is one of",
                "{\"order\":7}                          | \"order\" is one of",
                "{\"order\":\"list\",\"vm\":1}          | The order \"list\" has no member \"vm\"; it has: order.",
                "{\"order\":\"boot\"}                   | The order \"boot\" needs the member \"vm\".",
                "{\"order\":\"boot\",\"vm\":true}       | \"vm\" is a VM's number or its name.",
                "{\"order\":\"boot\",\"vm\":\"\"}       | \"vm\" is a VM's number or its name.",
                "{\"order\":\"boot\",\"vm\":1.5}        | \"vm\" is a VM's number or its name.",
                "{\"order\":\"boot\",\"vm\":null}       | there is no null",
                "{\"order\":\"boot\",\"vm\":99999999999999999999} | Integers have at most 64 bits.",
                "{\"order\":\"config\",\"file\":\"x.json\"} | \"file\" is an absolute path.",
                "{\"order\":\"config\",\"file\":\"/\\u0000\"} | \"file\" is no path",
                "{\"order\":\"reboot\",\"vm\":1,\"force\":\"yes\"} | \"force\" is true or false.",
                "{\"order\":\"type\",\"data\":\"*\"}    | \"data\" is Base64",
                "{\"order\":\"type\",\"data\":[]}       | \"data\" is bytes in Base64.",
                "{\"order\":\"list\",\"a\":[[[[[[[[[]]]]]]]]]} | nested at most 7 deep",
            })
    void aMessageThatBreaksARuleIsRefusedInItsWords(String line, String rule) {
        assertThatThrownBy(() -> Request.parse(line))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(rule);
    }

    @Test
    void everyOrderIsAcceptedWithItsMembersAndNoOther() throws ProtocolException {
        Map<Order.Member, String> values = Map.of(
                Order.Member.VM,
                "3",
                Order.Member.FILE,
                "\"/f\"",
                Order.Member.FORCE,
                "false",
                Order.Member.DATA,
                "\"\"");
        for (Order order : Order.values()) {
            StringBuilder line = new StringBuilder("{\"order\":\"" + order.key() + "\"");
            for (Order.Member member : order.members()) {
                line.append(",\"%s\":%s".formatted(member.key(), values.get(member)));
            }
            assertThat(Request.parse(line + "}").order()).isEqualTo(order);
            assertThatThrownBy(() -> Request.parse(line + ",\"extra\":1}")).isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void randomTextIsAnOrderOrRefusedAndNothingElse() {
        Random random = new Random(SEED);
        String valid = "{\"order\":\"reboot\",\"vm\":\"x\",\"force\":true}";
        int accepted = 0;
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder line = new StringBuilder(valid);
            for (int changes = random.nextInt(4); changes > 0; changes--) {
                int at = random.nextInt(line.length());
                switch (random.nextInt(3)) {
                    case 0 -> line.deleteCharAt(at);
                    case 1 -> line.setCharAt(at, (char) (32 + random.nextInt(95)));
                    default -> line.insert(at, "{}[]\",:1\\".charAt(random.nextInt(9)));
                }
            }
            try {
                assertThat(Request.parse(line.toString()).order()).isNotNull();
                accepted++;
            } catch (ProtocolException rule) {
                assertThat(rule).hasMessageMatching("(?s).{10,}");
                refused++;
            }
        }
        assertThat(accepted).isPositive();
        assertThat(refused).isPositive();
    }

    @Test
    void linesAreCutWhereverTheChannelCutsThem() throws Exception {
        Random random = new Random(SEED);
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            sent.add("é".repeat(random.nextInt(300)) + i);
        }
        byte[] bytes = (String.join("\n", sent) + "\n").getBytes(StandardCharsets.UTF_8);
        ByteArrayInputStream pieces = new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] to, int offset, int length) {
                return super.read(to, offset, Math.min(length, 1 + random.nextInt(700)));
            }
        };
        Lines lines = new Lines(Channels.newChannel(pieces));
        for (String line : sent) {
            assertThat(lines.next()).isEqualTo(line);
        }
        assertThat(lines.next()).isNull();
    }

    @Test
    void aLineThatIsTooLongOrNoTextIsRefusedAndTheNextOneIsRead() throws Exception {
        String text = "x".repeat(3 * Message.LONGEST_LINE) + "\nsecond\n" + "y".repeat(Message.LONGEST_LINE - 1) + "\n"
                + "z".repeat(Message.LONGEST_LINE) + "\n\u00ff\nlast\nhalf";
        Lines lines =
                new Lines(Channels.newChannel(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1))));
        assertTooLong(lines);
        assertThat(lines.next()).isEqualTo("second");
        assertThat(lines.next()).hasSize(Message.LONGEST_LINE - 1);
        assertTooLong(lines);
        assertThatThrownBy(lines::next).hasMessage("A line is UTF-8 text.");
        assertThat(lines.next()).isEqualTo("last");
        assertThat(lines.next()).isNull();
    }

    private static void assertTooLong(Lines lines) {
        assertThatThrownBy(lines::next)
                .isInstanceOf(ProtocolException.class)
                .hasMessage("A line has at most 65536 bytes.");
    }

    @Test
    void whatTheMachineAnswersIsReadBackWhole() throws ProtocolException, IOException {
        Message stats = Message.parse(Replies.error(List.of("a \"b\"\n", "ü")).strip());
        assertThat(stats.texts("error")).containsExactly("a \"b\"\n", "ü");
        assertThat(Message.parse(Replies.lost(7).strip()).integer("lost")).isEqualTo(7);
        assertThat(Replies.output(new byte[] {0, (byte) 0xff})).isEqualTo("{\"output\":\"AP8=\"}\n");
        assertThat(Replies.ok(Replies.NOTHING)).isEqualTo("{\"ok\":true}\n");
    }
}
