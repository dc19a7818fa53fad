package org.pg2sink.component;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.JsonLines;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;

/** Keys and values as JSON. */
final class JsonRecords implements RecordForm {

    /** Of what concerns no single row: a truncate, a table without a key. A compacted topic takes no record without a key. */
    private static final String KEY_OF_THE_TABLE = "{}";

    @Override
    public byte[] key(String topic, Table table, Row row) {
        String key = row == null ? KEY_OF_THE_TABLE : JsonLines.key(row);
        return key.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] value(String topic, Entry entry) {
        byte[] line = JsonLines.bytes(List.of(entry));
        return Arrays.copyOf(line, line.length - 1); // without its line break
    }

    @Override
    public boolean sendsSchemas() {
        return true;
    }

    @Override
    public void close() {
        // holds nothing
    }
}
