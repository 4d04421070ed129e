package org.shyperlab.hypervisor.hypercall;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What hypercalls have loaded into one VM so far. */
public final class Uploads {
    /** Kinds of images. */
    public enum Kind {
        /** The kernel, which every VM needs. */
        KERNEL("kernel"),
        /** A device tree instead of the generated one, or an overlay for that. */
        DEVICE_TREE("device tree"),
        /** The initial RAM disk. */
        RAMDISK("RAM disk");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** For messages. */
        public String text() {
            return text;
        }
    }

    /** Size of an image, and how much of it came, from its start on. */
    private record Progress(long size, long received) {}

    private final Map<Kind, Progress> images = new EnumMap<>(Kind.class);

    /** Size in bytes of an image, 0 when there is none. */
    public long size(Kind kind) {
        Progress progress = images.get(kind);
        return progress == null ? 0 : progress.size();
    }

    /** Whether nothing came yet. */
    boolean isEmpty() {
        return images.isEmpty();
    }

    /** The first image that is not whole, or the kernel when there is none; null when all is there. */
    @Nullable
    Kind missing() {
        for (Kind kind : Kind.values()) {
            Progress progress = images.get(kind);
            if (progress == null ? kind == Kind.KERNEL : progress.received() < progress.size()) {
                return kind;
            }
        }
        return null;
    }

    /**
     * Whether a part of an image fits what came before: parts follow each other, and all tell the same size. A part at 0 begins anew.
     */
    boolean fits(Kind kind, long size, long offset, long length) {
        Progress progress = images.get(kind);
        boolean inside = size > 0 && length > 0 && offset >= 0 && offset <= size && length <= size - offset;
        return inside && (offset == 0 || progress != null && progress.size() == size && offset <= progress.received());
    }

    /** Notes a part that {@link #fits}. */
    void add(Kind kind, long size, long offset, long length) {
        images.put(kind, new Progress(size, offset + length));
    }

    /** Nothing is there any more. */
    void clear() {
        images.clear();
    }
}
