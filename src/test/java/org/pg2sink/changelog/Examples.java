package org.pg2sink.changelog;

import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.pgoutput.TupleValue;
import org.pg2sink.pgoutput.TupleValue.Absent;
import org.pg2sink.pgoutput.TupleValue.Data;
import org.pg2sink.pgoutput.TupleValue.Format;
import org.pg2sink.types.Codecs;

/** Makes tables, rows and changes for tests that need no server. */
public final class Examples {

    /** Stands for a TOAST value that the log does not carry. */
    public static final String UNCHANGED = new String("unchanged");

    private static final Map<String, Long> TYPES = Map.of(
            "int", 23L,
            "bigint", 20L,
            "text", 25L,
            "numeric", 1700L,
            "date", 1082L,
            "timestamptz", 1184L,
            "timestamptz[]", 1185L);

    private Examples() {}

    /** @param columns such as {@code id bigint key} and {@code msg text} */
    public static Table table(String name, String... columns) {
        Codecs codecs = new Codecs(oid -> Optional.empty());
        List<Column> made = Arrays.stream(columns)
                .map(column -> column.split(" "))
                .map(words -> new Column(words[0], codecs.of(TYPES.get(words[1]), -1), words.length > 2))
                .toList();
        return new Table(16_384, new TableName("public", name), made);
    }

    /** @param values as text; null is SQL NULL, {@link #UNCHANGED} an unchanged TOAST value */
    public static Row row(Table table, String... values) {
        return new Row(table, tuple(values), false);
    }

    /** Returns an old row of which the server sent the replica identity only. */
    public static Row identity(Table table, String... values) {
        return new Row(table, tuple(values), true);
    }

    public static Tuple tuple(String... values) {
        return Tuple.of(Arrays.stream(values).map(Examples::value).toArray(TupleValue[]::new));
    }

    private static TupleValue value(String text) {
        if (text == null || text == UNCHANGED) {
            return text == null ? Absent.NULL : Absent.UNCHANGED;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new Data(Format.TEXT, bytes, 0, bytes.length);
    }

    public static Transaction transaction(long xid) {
        return new Transaction(
                xid,
                new Lsn(0x16_B374_D848L + xid),
                OffsetDateTime.parse("2019-10-04T16:05:55.123456+01:00").plusSeconds(xid),
                "1");
    }

    public static Modification insert(Transaction transaction, long sequence, Row after) {
        return new Modification(transaction, sequence, Operation.INSERT, after.table(), null, after);
    }

    public static Modification update(Transaction transaction, long sequence, Row before, Row after) {
        return new Modification(transaction, sequence, Operation.UPDATE, after.table(), before, after);
    }

    public static Modification delete(Transaction transaction, long sequence, Row before) {
        return new Modification(transaction, sequence, Operation.DELETE, before.table(), before, null);
    }

    public static Modification truncate(Transaction transaction, long sequence, Table table) {
        return new Modification(transaction, sequence, Operation.TRUNCATE, table, null, null);
    }
}
