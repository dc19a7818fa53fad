package org.pg2sink.imports;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pg2sink.changelog.Column;
import org.pg2sink.changelog.Row;
import org.pg2sink.pgoutput.Tuple;

/**
 * Identifies a row by the bytes that the server prints for its key columns. They are the columns of {@code CamelPg2sinkKey},
 * so sinks tell rows apart by the same key.
 */
final class RowKey {

    private final byte[] bytes;

    private RowKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Returns the key of a row; empty if its table has no key, or the row does not tell all of it. */
    static Optional<RowKey> of(Row row) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(16);
        List<Column> columns = row.table().columns();
        boolean any = false;
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).key()) {
                Tuple tuple = row.tuple();
                if (!tuple.hasData(i)) {
                    return Optional.empty();
                }
                any = true;
                int length = tuple.length(i);
                for (int shift = 24; shift >= 0; shift -= 8) {
                    bytes.write(length >>> shift);
                }
                bytes.write(tuple.array(), tuple.offset(i), length);
            }
        }
        return any ? Optional.of(new RowKey(bytes.toByteArray())) : Optional.empty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RowKey that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
