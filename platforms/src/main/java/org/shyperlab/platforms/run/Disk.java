package org.shyperlab.platforms.run;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.storage.BlockStore;
import org.shyperlab.emulator.device.storage.FileStore;
import org.shyperlab.emulator.device.storage.OverlayStore;
import org.shyperlab.platforms.input.FileNames;

/**
 * A disk that the user wants.
 *
 * @param file what it holds
 * @param overlay where what the guest writes goes instead of {@code file}, or null
 * @param readOnly whether the guest cannot write
 */
public record Disk(Path file, @Nullable Path overlay, boolean readOnly) {
    /** How people write one. */
    public static final String FORM = "FILE[,overlay=FILE][,ro]";

    private static final String OVERLAY = "overlay=";
    private static final String READ_ONLY = "ro";

    /** Reads what people write; null when it is not {@link #FORM}. */
    public static @Nullable Disk parse(String text) {
        String[] parts = text.split(",", -1);
        Path overlay = null;
        boolean readOnly = false;
        for (int i = 1; i < parts.length; i++) {
            if (parts[i].equals(READ_ONLY)) {
                readOnly = true;
            } else if (parts[i].startsWith(OVERLAY) && parts[i].length() > OVERLAY.length() && overlay == null) {
                overlay = FileNames.path(parts[i].substring(OVERLAY.length()));
            } else {
                return null;
            }
        }
        boolean whole = !parts[0].isEmpty() && !(readOnly && overlay != null);
        return whole ? new Disk(FileNames.path(parts[0]), overlay, readOnly) : null;
    }

    /**
     * Opens it.
     *
     * @param problems told what the host fails at later
     * @throws org.shyperlab.emulator.device.storage.StorageException when it cannot be used
     */
    BlockStore open(Consumer<String> problems) {
        return overlay == null ? FileStore.open(file, readOnly, problems) : OverlayStore.open(file, overlay, problems);
    }
}
