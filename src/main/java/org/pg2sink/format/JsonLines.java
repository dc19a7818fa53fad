package org.pg2sink.format;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;
import org.pg2sink.types.JsonWriter;

/** Writes entries as JSON in UTF-8, one document a line: the message format of docs/message-format.md. */
public final class JsonLines extends KeyedFormat {

    /** Key of a change that concerns no single row: a truncate, a table without a key. Compacted topics need a key. */
    private static final byte[] TABLE_KEY = "{}".getBytes(StandardCharsets.US_ASCII);

    /**
     * Frame of the latest change; the next one often is of the same transaction. Null before the first. Any thread may replace
     * it.
     */
    private volatile JsonLineWriter.Frame latest;

    JsonLines(FormatOptions options) {
        super(options);
    }

    @Override
    public String extension() {
        return "jsonl";
    }

    @Override
    public String mediaType() {
        return "application/x-ndjson";
    }

    @Override
    public boolean isAppendable() {
        return true;
    }

    @Override
    public InputStream file(List<? extends Entry> entries) {
        return stream(entries);
    }

    @Override
    byte[] key(String topic, Table table, Row row) {
        return row == null ? TABLE_KEY : keyBytes(row);
    }

    @Override
    byte[] value(String topic, Modification change) {
        return document(change);
    }

    /** Each version of a table has a key of its own, so that a compacted topic keeps one record of each. */
    @Override
    List<KeyedRecord> schema(Entry schema) {
        String key = "{\"schemaFingerprint\":\"" + schema.table().fingerprint() + "\"}";
        return List.of(new KeyedRecord(key.getBytes(StandardCharsets.US_ASCII), document(schema)));
    }

    private byte[] document(Entry entry) {
        JsonWriter json = new JsonWriter(JsonLineWriter.LIKELY_LINE_BYTES);
        JsonLineWriter line = new JsonLineWriter(json, latest);
        line.write(entry);
        latest = line.frame();
        return json.toByteArray(json.size() - 1); // without its line break
    }

    /** Returns the lines of entries, each with its line break. */
    public static byte[] bytes(List<? extends Entry> entries) {
        JsonWriter json = new JsonWriter(entries.size() * JsonLineWriter.LIKELY_LINE_BYTES);
        JsonLineWriter lines = new JsonLineWriter(json);
        for (Entry entry : entries) {
            lines.write(entry);
        }
        return json.toByteArray();
    }

    /** Returns the same, made while it is read, so that only a few lines are in memory at a time. */
    public static InputStream stream(List<? extends Entry> entries) {
        return new JsonLineStream(entries, json -> new JsonLineWriter(json)::write);
    }

    /** Returns the columns that a row has as a JSON object, without a line break. */
    public static byte[] row(Row row) {
        JsonWriter json = new JsonWriter(JsonLineWriter.LIKELY_LINE_BYTES);
        new JsonLineWriter(json).write(row);
        return json.toByteArray();
    }

    /** Returns the key of a row as a JSON object; null if there is no row, or it does not tell all of its key. */
    public static String key(Row row) {
        return row == null || !row.hasKey() ? null : new String(keyBytes(row), StandardCharsets.UTF_8);
    }

    private static byte[] keyBytes(Row row) {
        JsonWriter json = new JsonWriter(JsonLineWriter.LIKELY_LINE_BYTES);
        new JsonLineWriter(json).writeKey(row);
        return json.toByteArray();
    }
}
