package org.shyperlab.emulator.device.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** A store that does every request before {@link #submit} returns. A failure of the host fails the one request, and people are told. */
abstract class ImmediateStore implements BlockStore {
    private final String name;
    private final Consumer<String> problems;
    /** A failing disk would fail thousands of requests: people hear of the first, and again after something worked. */
    private boolean told;

    /**
     * A store called {@code name} in messages.
     *
     * @param problems told what the host failed at
     */
    ImmediateStore(String name, Consumer<String> problems) {
        this.name = name;
        this.problems = problems;
    }

    /** Fills {@code data} from {@code offset} on. */
    abstract void read(long offset, ByteBuffer data) throws IOException;

    /** Keeps {@code data} from {@code offset} on. */
    abstract void write(long offset, ByteBuffer data) throws IOException;

    /** Makes what was written durable. */
    abstract void flush() throws IOException;

    @Override
    public final void submit(BlockRequest request) {
        boolean success = perform(request);
        told &= !success;
        request.done(success);
    }

    private boolean perform(BlockRequest request) {
        try {
            switch (request.operation()) {
                case READ -> read(request.offset(), request.data());
                case WRITE -> {
                    if (isReadOnly()) {
                        return false;
                    }
                    write(request.offset(), request.data());
                }
                case FLUSH -> flush();
            }
            return true;
        } catch (IOException error) {
            if (!told) {
                told = true;
                problems.accept("the disk %s: a %s failed, and the guest was told so: %s"
                        .formatted(name, word(request.operation()), HostFile.reason(error)));
            }
            return false;
        }
    }

    private static String word(BlockRequest.Operation operation) {
        return switch (operation) {
            case READ -> "read";
            case WRITE -> "write";
            case FLUSH -> "flush";
        };
    }
}
