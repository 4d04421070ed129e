package org.shyperlab.platforms.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.shyperlab.platforms.input.FileNames;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.input.Quantity;
import org.shyperlab.platforms.run.Disk;
import org.shyperlab.platforms.run.RunOptions;
import org.shyperlab.platforms.scenario.NetworkPlan;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Options with units. */
final class Converters {
    private Converters() {}

    /** A size like 512M. */
    static final class Size implements ITypeConverter<Long> {
        Size() {}

        @Override
        public Long convert(String text) {
            return orThrow(Quantity.size(text), text, Quantity.SIZE_FORM);
        }
    }

    /** A virtual time like 10s, in nanoseconds. */
    static final class Time implements ITypeConverter<Long> {
        Time() {}

        @Override
        public Long convert(String text) {
            return orThrow(Quantity.nanos(text), text, Quantity.TIME_FORM);
        }
    }

    /** The name of a file. */
    static final class OfPath implements ITypeConverter<Path> {
        OfPath() {}

        @Override
        public Path convert(String text) {
            return orThrow(FileNames::path, text, "the name of a file");
        }
    }

    /** One of a few words, in small letters or large ones. */
    private abstract static class OfWord<E extends Enum<E>> implements ITypeConverter<E> {
        private final Class<E> words;

        OfWord(Class<E> words) {
            this.words = words;
        }

        @Override
        public E convert(String text) {
            for (E word : words.getEnumConstants()) {
                if (word.name().equalsIgnoreCase(text)) {
                    return word;
                }
            }
            throw new TypeConversionException("\"%s\" is neither %s"
                    .formatted(
                            text,
                            Arrays.stream(words.getEnumConstants())
                                    .map(word -> word.name().toLowerCase(Locale.ROOT))
                                    .collect(Collectors.joining(" nor "))));
        }
    }

    /** How virtual time relates to the host's clock. */
    static final class OfPace extends OfWord<RunOptions.Pace> {
        OfPace() {
            super(RunOptions.Pace.class);
        }
    }

    /** What a reset of the board does. */
    static final class OfOnReset extends OfWord<RunOptions.OnReset> {
        OfOnReset() {
            super(RunOptions.OnReset.class);
        }
    }

    /** A disk like disk.img,overlay=changes.img. */
    static final class OfDisk implements ITypeConverter<Disk> {
        OfDisk() {}

        @Override
        public Disk convert(String text) {
            return orThrow(Disk::parse, text, Disk.FORM);
        }
    }

    /** A capture like linux1:net=frames.pcap. */
    static final class OfCapture implements ITypeConverter<NetworkPlan.Capture> {
        OfCapture() {}

        @Override
        public NetworkPlan.Capture convert(String text) {
            return orThrow(NetworkPlan.Capture::parse, text, NetworkPlan.Capture.FORM);
        }
    }

    private static <T> T orThrow(Function<String, @Nullable T> parse, String text, String form) {
        T value;
        try {
            value = parse.apply(text);
        } catch (InputException name) {
            throw new TypeConversionException(name.getMessage());
        }
        if (value == null) {
            throw new TypeConversionException("\"" + text + "\" is not " + form);
        }
        return value;
    }

    private static long orThrow(OptionalLong value, String text, String form) {
        if (value.isEmpty()) {
            throw new TypeConversionException("\"" + text + "\" is not " + form);
        }
        return value.getAsLong();
    }
}
