package org.pg2sink.changelog;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** Writes entries as JSON, a document a line, in UTF-8: the message format of docs/message-format.md. */
public final class JsonLines {

    private static final JsonFactory JSON =
            new JsonFactoryBuilder().rootValueSeparator("").build();
    private static final DateTimeFormatter ISO_8601 = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx");

    // the names of the members, quoted once for all rows
    private static final SerializableString TIMESTAMP = new SerializedString("timestamp");
    private static final SerializableString SCHEMA = new SerializedString("schema");
    private static final SerializableString SEQUENCE = new SerializedString("sequence");
    private static final SerializableString NAMESPACE = new SerializedString("namespace");
    private static final SerializableString NAME = new SerializedString("name");
    private static final SerializableString BEFORE = new SerializedString("before");
    private static final SerializableString AFTER = new SerializedString("after");
    private static final SerializableString OPERATION = new SerializedString("operation");
    private static final SerializableString LSN = new SerializedString("lsn");
    private static final SerializableString XID = new SerializedString("xid");
    private static final SerializableString UNCHANGED = new SerializedString("unchanged");

    private final JsonGenerator json;
    private Transaction lastTransaction;
    private SerializableString timestamp;
    private SerializableString lsn;

    private JsonLines(OutputStream out) throws IOException {
        this.json = JSON.createGenerator(out);
    }

    /** The lines of {@code entries}, each with its line break. */
    public static byte[] bytes(List<? extends Entry> entries) {
        ByteArrayBuilder bytes = new ByteArrayBuilder(Math.max(512, entries.size() * 256));
        try {
            JsonLines lines = new JsonLines(bytes);
            for (Entry entry : entries) {
                lines.write(entry);
            }
            lines.json.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
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
        ByteArrayBuilder bytes = new ByteArrayBuilder();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            row.writeKey(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new String(bytes.toByteArray(), StandardCharsets.UTF_8);
    }

    private void write(Entry entry) throws IOException {
        if (entry instanceof Modification modification) {
            write(modification);
        } else if (entry instanceof Schema schema) {
            write(schema);
        } else {
            throw new IllegalStateException("unhandled entry " + entry.getClass());
        }
        json.writeRaw('\n');
    }

    private void write(Schema schema) throws IOException {
        json.writeStartObject();
        json.writeFieldName(TIMESTAMP);
        json.writeString(timestamp(schema.timestamp()));
        json.writeFieldName(SCHEMA);
        json.writeRawValue(schema.table().avroJson());
        json.writeEndObject();
    }

    private void write(Modification modification) throws IOException {
        Transaction transaction = modification.transaction();
        if (transaction != lastTransaction) {
            lastTransaction = transaction;
            timestamp = new SerializedString(timestamp(transaction.commitTime()));
            lsn = new SerializedString(transaction.lsnText());
        }
        json.writeStartObject();
        write(TIMESTAMP, timestamp);
        json.writeFieldName(SEQUENCE);
        json.writeNumber(modification.sequence());
        write(NAMESPACE, modification.table().jsonNamespace());
        write(NAME, modification.table().jsonName());
        write(BEFORE, modification.before());
        write(AFTER, modification.after());
        write(OPERATION, modification.operation().jsonText());
        write(LSN, lsn);
        json.writeFieldName(XID);
        if (transaction.xid() == 0) {
            json.writeNull();
        } else {
            json.writeNumber(transaction.xid());
        }
        writeUnchanged(modification.unchanged());
        json.writeEndObject();
    }

    private void write(SerializableString member, SerializableString text) throws IOException {
        json.writeFieldName(member);
        if (text == null) {
            json.writeNull();
        } else {
            json.writeString(text);
        }
    }

    private void write(SerializableString member, Row row) throws IOException {
        json.writeFieldName(member);
        if (row == null) {
            json.writeNull();
        } else {
            row.writeJson(json);
        }
    }

    private void writeUnchanged(List<String> names) throws IOException {
        if (!names.isEmpty()) {
            json.writeFieldName(UNCHANGED);
            json.writeStartArray();
            for (String name : names) {
                json.writeString(name);
            }
            json.writeEndArray();
        }
    }
}
