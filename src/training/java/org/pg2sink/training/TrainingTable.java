package org.pg2sink.training;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;
import org.pg2sink.pgoutput.Message;
import org.pg2sink.pgoutput.Message.ReplicaIdentity;

/**
 * A table with columns of the most common types, and its rows as a server sends them: by a binary {@code COPY}, and by a slot.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-copy.html">COPY</a>
 * @see <a href="https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html">Logical Replication Message
 *     Formats</a>
 */
final class TrainingTable {

    static final String KEY = "id";

    private static final int OID = 16_384;
    private static final int ROWS_OF_A_TRANSACTION = 100;

    private static final byte[] COPY_SIGNATURE = "PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int END_OF_ROWS = -1;
    private static final int NULL = -1;

    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");
    private static final DateTimeFormatter TIMESTAMPTZ =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSSx").withZone(ZoneOffset.UTC);

    /**
     * A column.
     *
     * @param text makes the text of a row's value, which is null for SQL's
     * @param binary makes the binary form of the same value
     */
    private record Column(String name, int type, IntFunction<String> text, IntFunction<ByteBuffer> binary) {}

    private static final List<Column> COLUMNS = List.of(
            new Column(KEY, 20, row -> "" + row, row -> int64(row)),
            new Column("account", 23, row -> "" + row % 97, row -> bytes(4).putInt(row % 97)),
            new Column("paid", 16, row -> isPaid(row) ? "t" : "f", row -> bytes(1).put((byte) (isPaid(row) ? 1 : 0))),
            new Column("amount", 1700, row -> row + ".25", TrainingTable::amount),
            new Column("note", 25, TrainingTable::note, row -> utf8(note(row))),
            new Column(
                    "created",
                    1184,
                    row -> TIMESTAMPTZ.format(created(row)),
                    row -> int64(ChronoUnit.MICROS.between(EPOCH, created(row)))),
            new Column("reference", 2950, row -> reference(row).toString(), row -> bytes(16)
                    .putLong(reference(row).getMostSignificantBits())
                    .putLong(reference(row).getLeastSignificantBits())),
            new Column("details", 3802, TrainingTable::details, row -> jsonb(details(row))));

    static final Message.Relation RELATION = new Message.Relation(
            OID,
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

    /** Returns a number whose base-10000 digits are those of {@code row}, and a quarter. */
    private static ByteBuffer amount(int row) {
        int high = row / 10_000;
        ByteBuffer numeric = bytes(high == 0 ? 12 : 14);
        numeric.putShort((short) (high == 0 ? 2 : 3)).putShort((short) (high == 0 ? 0 : 1));
        numeric.putShort((short) 0).putShort((short) 2); // positive, two digits after the point
        if (high > 0) {
            numeric.putShort((short) high);
        }
        return numeric.putShort((short) (row % 10_000)).putShort((short) 2_500);
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

    private static ByteBuffer int64(long value) {
        return bytes(8).putLong(value);
    }

    private static ByteBuffer utf8(String text) {
        return text == null ? null : ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ByteBuffer jsonb(String text) {
        byte[] json = text.getBytes(StandardCharsets.UTF_8);
        return bytes(1 + json.length).put((byte) 1).put(json);
    }

    /** Returns the messages of a {@code COPY} of the first rows, whose keys begin with 1. */
    static List<byte[]> copiedRows(int rows) {
        List<byte[]> messages = new ArrayList<>(rows + 1);
        for (int row = 1; row <= rows; row++) {
            int number = row;
            messages.add(message(out -> {
                if (number == 1) { // comes in front of the first row
                    out.write(COPY_SIGNATURE);
                    out.writeInt(0);
                    out.writeInt(0);
                }
                out.writeShort(COLUMNS.size());
                for (Column column : COLUMNS) {
                    value(out, column.binary.apply(number));
                }
            }));
        }
        messages.add(message(out -> out.writeShort(END_OF_ROWS)));
        return messages;
    }

    private static void value(DataOutputStream out, ByteBuffer value) throws IOException {
        out.writeInt(value == null ? NULL : value.capacity());
        if (value != null) {
            out.write(value.array());
        }
    }

    /** Returns the frames of a slot with the same rows: half of them inserts, and half of them updates. */
    static List<byte[]> streamedFrames(int rows) {
        List<byte[]> frames = new ArrayList<>();
        for (int row = 1; row <= rows; row++) {
            int number = row;
            if (row % ROWS_OF_A_TRANSACTION == 1) {
                frames.add(frame(out -> begin(out, number)));
            }
            if (row == 1) {
                frames.add(frame(TrainingTable::relation));
            }
            frames.add(frame(out -> change(out, number)));
            if (row % ROWS_OF_A_TRANSACTION == 0) {
                frames.add(frame(out -> commit(out, number)));
            }
        }
        return frames;
    }

    private static void begin(DataOutputStream out, int row) throws IOException {
        out.writeByte('B');
        out.writeLong(row + ROWS_OF_A_TRANSACTION);
        out.writeLong(row);
        out.writeInt(row);
    }

    private static void relation(DataOutputStream out) throws IOException {
        out.writeByte('R');
        out.writeInt(OID);
        out.writeBytes(RELATION.namespace() + "\0" + RELATION.name() + "\0d");
        out.writeShort(COLUMNS.size());
        for (Message.Column column : RELATION.columns()) {
            out.writeByte(column.key() ? 1 : 0);
            out.writeBytes(column.name() + "\0");
            out.writeInt((int) column.typeOid());
            out.writeInt(column.typeModifier());
        }
    }

    private static void change(DataOutputStream out, int row) throws IOException {
        out.writeByte(row % 2 == 0 ? 'I' : 'U');
        out.writeInt(OID);
        out.writeByte('N');
        out.writeShort(COLUMNS.size());
        for (Column column : COLUMNS) {
            ByteBuffer text = utf8(column.text.apply(row));
            out.writeByte(text == null ? 'n' : 't');
            if (text != null) {
                value(out, text);
            }
        }
    }

    private static void commit(DataOutputStream out, int row) throws IOException {
        out.writeByte('C');
        out.writeByte(0);
        out.writeLong(row + ROWS_OF_A_TRANSACTION - 1);
        out.writeLong(row + ROWS_OF_A_TRANSACTION);
        out.writeLong(row);
    }

    /** Writes part of a message. */
    private interface Content {

        void writeTo(DataOutputStream out) throws IOException;
    }

    /** Returns what a walsender sends of a message: its place, the end of the WAL, a time, and the message. */
    private static byte[] frame(Content content) {
        return message(out -> {
            out.writeByte('w');
            out.writeLong(1);
            out.writeLong(1);
            out.writeLong(0);
            content.writeTo(out);
        });
    }

    private static byte[] message(Content content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            content.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory has no errors
        }
        return bytes.toByteArray();
    }
}
