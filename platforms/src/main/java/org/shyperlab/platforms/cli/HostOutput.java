package org.shyperlab.platforms.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Standard output that remembers its first failure, which a PrintWriter keeps to itself. */
final class HostOutput extends OutputStream {
    private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    private @Nullable IOException failure;

    HostOutput() {}

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            out.write(bytes, from, length);
        } catch (IOException error) {
            failure = failure == null ? error : failure;
            throw error;
        }
    }

    /** Why something was lost; null when nothing was. */
    @Nullable
    IOException failure() {
        return failure;
    }
}
