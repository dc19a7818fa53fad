package org.pg2sink.component;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.camel.Converter;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Row;
import org.pg2sink.format.AvroRecords;
import org.pg2sink.format.AvroRowSchema;
import org.pg2sink.format.JsonLines;

/** Converts entries and batches to what Camel's endpoints take. The text forms are JSON, one document a line. */
@Converter(generateLoader = true)
public final class Pg2sinkConverters {

    private Pg2sinkConverters() {}

    @Converter
    public static byte[] toBytes(Entry entry) {
        return JsonLines.bytes(List.of(entry));
    }

    @Converter
    public static byte[] toBytes(Batch batch) {
        return JsonLines.bytes(batch);
    }

    @Converter
    public static String toString(Entry entry) {
        return new String(toBytes(entry), StandardCharsets.UTF_8);
    }

    @Converter
    public static String toString(Batch batch) {
        return new String(toBytes(batch), StandardCharsets.UTF_8);
    }

    @Converter
    public static InputStream toInputStream(Entry entry) {
        return new ByteArrayInputStream(toBytes(entry));
    }

    @Converter
    public static InputStream toInputStream(Batch batch) {
        return JsonLines.stream(batch);
    }

    /** Returns the content of a file, made while it is read. */
    @Converter
    public static InputStream toInputStream(FormattedEntries formatted) {
        return formatted.format().file(formatted.entries());
    }

    @Converter
    public static byte[] toBytes(FormattedEntries formatted) throws IOException {
        try (InputStream file = toInputStream(formatted)) {
            return file.readAllBytes();
        }
    }

    @Converter
    public static String toString(FormattedEntries formatted) throws IOException {
        return new String(toBytes(formatted), StandardCharsets.UTF_8);
    }

    /** Returns column names and Java values. */
    @Converter
    public static Map<?, ?> toMap(Row row) {
        return row.toMap();
    }

    /** Returns the members of the JSON document, with rows as maps of column names and Java values. */
    @Converter
    public static Map<?, ?> toMap(Modification modification) {
        return modification.toMap();
    }

    /** Returns the new row, or the old one of a delete; null for a truncate. */
    @Converter(allowNull = true)
    public static GenericRecord toGenericRecord(Modification modification) {
        return modification.row() == null ? null : AvroRecords.row(modification.row());
    }

    /** Returns the Avro schema of the table's rows. */
    @Converter
    public static Schema toAvroSchema(Entry entry) {
        return AvroRowSchema.of(entry.table()).schema();
    }
}
