package org.pg2sink.training;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;
import org.pg2sink.pgoutput.Message;
import org.pg2sink.pgoutput.Message.ReplicaIdentity;

/** Describes a table with columns of the most common types, and makes the values of its rows, which are counted from 1. */
final class TrainingTable {

    static final String KEY = "id";

    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");
    private static final DateTimeFormatter TIMESTAMPTZ =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSSx").withZone(ZoneOffset.UTC);

    /**
     * Makes the values of a column.
     *
     * @param type the OID of its type
     * @param text prints the value of a row; null for a null
     * @param binary makes the binary form of the same value; null for a null
     */
    record Column(String name, int type, IntFunction<String> text, IntFunction<byte[]> binary) {}

    static final List<Column> COLUMNS = List.of(
            new Column(KEY, 20, row -> "" + row, row -> int64(row)),
            new Column("account", 23, row -> "" + row % 97, row -> bytes(4).putInt(row % 97)
                    .array()),
            new Column("paid", 16, row -> isPaid(row) ? "t" : "f", row -> new byte[] {(byte) (isPaid(row) ? 1 : 0)}),
            new Column("amount", 1700, row -> units(row) + ".25", TrainingTable::amount),
            new Column("note", 25, TrainingTable::note, row -> utf8(note(row))),
            new Column(
                    "created",
                    1184,
                    row -> TIMESTAMPTZ.format(created(row)),
                    row -> int64(ChronoUnit.MICROS.between(EPOCH, created(row)))),
            new Column("reference", 2950, row -> reference(row).toString(), row -> bytes(16)
                    .putLong(reference(row).getMostSignificantBits())
                    .putLong(reference(row).getLeastSignificantBits())
                    .array()),
            new Column("details", 3802, TrainingTable::details, row -> jsonb(details(row))));

    static final Message.Relation RELATION = new Message.Relation(
            16_384,
            "public",
            "training",
            ReplicaIdentity.DEFAULT,
            COLUMNS.stream()
                    .map(column -> new Message.Column(column.name.equals(KEY), column.name, column.type, -1))
                    .toList());

    private TrainingTable() {}

    private static boolean isPaid(int row) {
        return row % 3 == 0;
    }

    /** Returns a number that is one digit to the base of numeric, 10,000. */
    private static int units(int row) {
        return (row - 1) % 9_999 + 1;
    }

    /** Returns the units and a quarter: two digits, the first of which stands before the point; two decimal places. */
    private static byte[] amount(int row) {
        ByteBuffer numeric = bytes(12).putShort((short) 2).putShort((short) 0);
        numeric.putShort((short) 0).putShort((short) 2); // positive
        return numeric.putShort((short) units(row)).putShort((short) 2_500).array();
    }

    private static String note(int row) {
        if (row % 8 == 7) {
            return null;
        }
        return "item number " + row + (row % 50 == 0 ? " \"größer\"" : "");
    }

    private static Instant created(int row) {
        return Instant.parse("2026-01-01T00:00:00.123456Z").plusMillis(row);
    }

    private static UUID reference(int row) {
        return new UUID(row * 0x9e3779b97f4a7c15L, row);
    }

    private static String details(int row) {
        return "{\"size\": " + row % 10 + ", \"labels\": [\"new\"]}";
    }

    private static ByteBuffer bytes(int length) {
        return ByteBuffer.allocate(length);
    }

    private static byte[] int64(long value) {
        return bytes(8).putLong(value).array();
    }

    private static byte[] utf8(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] jsonb(String text) {
        byte[] json = utf8(text);
        return bytes(1 + json.length).put((byte) 1).put(json).array();
    }
}
