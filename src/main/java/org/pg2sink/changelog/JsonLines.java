package org.pg2sink.changelog;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.pg2sink.types.JsonWriter;

/** Writes entries as JSON, a document a line, in UTF-8: the message format of docs/message-format.md. */
public final class JsonLines {

    private static final DateTimeFormatter ISO_8601 = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx");

    /** About how many bytes a line has. */
    static final int LIKELY_LINE = 256;

    // what stands between the values
    private static final byte[] BEFORE = ascii(",\"before\":");
    private static final byte[] AFTER = ascii(",\"after\":");
    private static final byte[] UNCHANGED = ascii(",\"unchanged\":");
    private static final byte[] END = ascii("}\n");
    private static final byte[] NULL = ascii("null");

    private final JsonWriter json;
    private Transaction lastTransaction;
    /** What a line begins with, up to the sequence; and what stands at its end. Both are of the last transaction. */
    private byte[] head;

    private byte[] tail;

    /** @param json where lines are written to */
    JsonLines(JsonWriter json) {
        this.json = json;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** A member of an object without its value, after another. */
    static byte[] member(String name) {
        JsonWriter json = new JsonWriter(name.length() + 4);
        json.raw(',');
        json.string(name);
        json.raw(':');
        return json.toByteArray();
    }

    /** A member of an object, after another. */
    static byte[] member(String name, String value) {
        JsonWriter json = new JsonWriter(LIKELY_LINE);
        json.raw(member(name));
        if (value == null) {
            json.raw(NULL);
        } else {
            json.string(value);
        }
        return json.toByteArray();
    }

    /** The members of a change that are its table's. */
    static byte[] members(String namespace, String name) {
        JsonWriter json = new JsonWriter(LIKELY_LINE);
        json.raw(member("namespace", namespace));
        json.raw(member("name", name));
        return json.toByteArray();
    }

    /** The lines of {@code entries}, each with its line break. */
    public static byte[] bytes(List<? extends Entry> entries) {
        JsonWriter json = new JsonWriter(entries.size() * LIKELY_LINE);
        JsonLines lines = new JsonLines(json);
        for (Entry entry : entries) {
            lines.write(entry);
        }
        return json.toByteArray();
    }

    /** The same, made while it is read, so that never more of it is in memory than a few lines. */
    public static InputStream stream(List<? extends Entry> entries) {
        return new JsonLineStream(entries);
    }

    /** A timestamp as it stands in the JSON: with six digits of a second and the offset. */
    public static String timestamp(OffsetDateTime timestamp) {
        return ISO_8601.format(timestamp);
    }

    /** The primary key of a row as a JSON object; null if there is no row, or it does not tell its whole key. */
    public static String key(Row row) {
        if (row == null || !row.hasKey()) {
            return null;
        }
        JsonWriter json = new JsonWriter(LIKELY_LINE);
        row.writeKey(json);
        return new String(json.toByteArray(), StandardCharsets.UTF_8);
    }

    /** Writes the line of an entry. */
    void write(Entry entry) {
        if (entry instanceof Modification modification) {
            write(modification);
        } else if (entry instanceof Schema schema) {
            write(schema);
        } else {
            throw new IllegalStateException("unhandled entry " + entry.getClass());
        }
    }

    private void write(Schema schema) {
        json.raw(ascii("{\"timestamp\":\"" + timestamp(schema.timestamp()) + "\",\"schema\":"));
        json.raw(schema.table().avroJson().getBytes(StandardCharsets.UTF_8));
        json.raw(END);
    }

    private void write(Modification modification) {
        Transaction transaction = modification.transaction();
        if (transaction != lastTransaction) {
            lastTransaction = transaction;
            head = ascii("{\"timestamp\":\"" + timestamp(transaction.commitTime()) + "\",\"sequence\":");
            tail = ascii(",\"lsn\":\"" + transaction.lsnText() + "\",\"xid\":"
                    + (transaction.xid() == 0 ? "null" : transaction.xid()));
        }
        json.raw(head);
        json.number(modification.sequence());
        json.raw(modification.table().jsonMembers());
        json.raw(BEFORE);
        write(modification.before());
        json.raw(AFTER);
        write(modification.after());
        json.raw(modification.operation().jsonMember());
        json.raw(tail);
        writeUnchanged(modification.unchanged());
        json.raw(END);
    }

    private void write(Row row) {
        if (row == null) {
            json.raw(NULL);
        } else {
            row.writeJson(json);
        }
    }

    private void writeUnchanged(List<String> names) {
        if (!names.isEmpty()) {
            json.raw(UNCHANGED);
            char separator = '[';
            for (String name : names) {
                json.raw(separator);
                json.string(name);
                separator = ',';
            }
            json.raw(']');
        }
    }
}
