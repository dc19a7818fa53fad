package org.pg2sink.format;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.pg2sink.format.debezium.DebeziumJson;

/** Lists the built-in formats by name. */
public final class EntryFormats {

    private static final Map<String, Function<FormatOptions, EntryFormat>> FORMATS = new TreeMap<>(Map.of(
            "json", JsonLines::new,
            "avro", AvroFormat::new,
            "debezium", DebeziumJson::new));

    private EntryFormats() {}

    /**
     * Makes a format.
     *
     * @param name the name of a built-in format
     * @param options its options by name; absent and blank ones have their defaults
     * @throws IllegalArgumentException if there is no such format, or an option is unknown or has a wrong value
     */
    public static EntryFormat create(String name, Map<String, String> options) {
        Function<FormatOptions, EntryFormat> format = FORMATS.get(name);
        if (format == null) {
            throw new IllegalArgumentException("There is no format '" + name + "'; there are "
                    + String.join(", ", FORMATS.keySet()) + ", and beans of the type EntryFormat.");
        }
        FormatOptions given = new FormatOptions(name, options);
        EntryFormat created = format.apply(given);
        try {
            given.requireAllKnown();
            return created;
        } catch (IllegalArgumentException e) {
            created.close();
            throw e;
        }
    }
}
