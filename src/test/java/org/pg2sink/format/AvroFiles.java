package org.pg2sink.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.pg2sink.changelog.Entry;

/** Makes Avro files for tests, as the sinks do. */
public final class AvroFiles {

    private AvroFiles() {}

    /** @param codec by Avro's name */
    public static byte[] bytes(List<? extends Entry> entries, String codec) {
        try (EntryFormat avro = EntryFormats.create("avro", Map.of("codec", codec));
                InputStream file = avro.file(entries)) {
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
