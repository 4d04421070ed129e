package org.shyperlab.platforms.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Cuts what comes from a channel into lines of bounded length. A line that is too long is skipped to its end, and nothing else. */
final class Lines {
    private final ReadableByteChannel in;
    private final ByteBuffer buffer = ByteBuffer.allocate(Message.LONGEST_LINE).limit(0);

    Lines(ReadableByteChannel in) {
        this.in = in;
    }

    /**
     * The next line without its end; null when no whole line comes any more. What follows the last line end is lost with the connection.
     *
     * @throws ProtocolException when the line is too long or not UTF-8; the next call goes on behind it
     */
    @Nullable
    String next() throws IOException, ProtocolException {
        int length = lineLength(0);
        while (length < 0) {
            int seen = buffer.remaining();
            if (seen == buffer.capacity()) {
                skipLine();
                throw new ProtocolException("A line has at most %d bytes.".formatted(Message.LONGEST_LINE));
            }
            if (!fill()) {
                return null;
            }
            length = lineLength(seen);
        }
        ByteBuffer line = buffer.slice(buffer.position(), length);
        buffer.position(buffer.position() + length + 1);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(line).toString();
        } catch (CharacterCodingException error) {
            throw new ProtocolException("A line is UTF-8 text.");
        }
    }

    /** Bytes before the first line end, which is not among the first {@code from}; -1 when there is none yet. */
    private int lineLength(int from) {
        for (int i = from; i < buffer.remaining(); i++) {
            if (buffer.get(buffer.position() + i) == '\n') {
                return i;
            }
        }
        return -1;
    }

    private boolean fill() throws IOException {
        buffer.compact();
        int read = in.read(buffer);
        buffer.flip();
        return read >= 0;
    }

    private void skipLine() throws IOException {
        buffer.position(buffer.limit());
        while (fill()) {
            int length = lineLength(0);
            if (length >= 0) {
                buffer.position(buffer.position() + length + 1);
                return;
            }
            buffer.position(buffer.limit());
        }
    }
}
