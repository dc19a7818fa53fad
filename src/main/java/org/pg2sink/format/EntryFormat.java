package org.pg2sink.format;

import java.io.InputStream;
import java.util.List;
import org.pg2sink.changelog.Entry;

/**
 * Turns entries into bytes: into the content of files, and into the records of a log such as Kafka. An implementation is
 * everything that pg2sink knows of one output format. It is safe for any thread.
 *
 * <p>Built-in formats are listed in {@link EntryFormats}; an application adds its own as a bean.
 */
public interface EntryFormat extends AutoCloseable {

    /** Returns what follows the dot in names of files: {@code jsonl}. */
    String extension();

    /** Returns the media type of a file: {@code application/x-ndjson}. */
    String mediaType();

    /**
     * Tells whether a file stays a file of the format when the content of another one is appended to it. Such formats are
     * text, so a sink may compress their files.
     */
    boolean isAppendable();

    /**
     * Returns the content of a file that holds entries. It may be made while it is read, so the entries must not change
     * until then.
     *
     * @param entries at least one, all of one version of one table
     */
    InputStream file(List<? extends Entry> entries);

    /**
     * Returns the records that tell of an entry, in the order in which they have to be written.
     *
     * @param topic the topic of the records
     * @return no record if the format does not tell of such an entry
     */
    List<KeyedRecord> records(String topic, Entry entry);

    /** Returns the topic of a table, with {@code {namespace}} and {@code {table}} in place of its names. */
    default String topic() {
        return "{namespace}.{table}";
    }

    /** Releases what the format holds, such as connections. */
    @Override
    default void close() {
        // most formats hold nothing
    }
}
