package org.pg2sink.component;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.camel.Converter;
import org.apache.camel.Exchange;
import org.apache.camel.TypeConverter;
import org.apache.camel.spi.TypeConverterRegistry;
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
    public static String toString(Secret secret) {
        return secret.value();
    }

    @Converter
    public static InputStream toInputStream(Entry entry) {
        return new ByteArrayInputStream(toBytes(entry));
    }

    @Converter
    public static InputStream toInputStream(Batch batch) {
        return JsonLines.stream(batch);
    }

    /** Returns the columns that the row has as a JSON object. */
    @Converter
    public static byte[] toBytes(Row row) {
        return JsonLines.row(row);
    }

    @Converter
    public static String toString(Row row) {
        return new String(toBytes(row), StandardCharsets.UTF_8);
    }

    @Converter
    public static InputStream toInputStream(Row row) {
        return new ByteArrayInputStream(toBytes(row));
    }

    @Converter
    public static Map<?, ?> toMap(Row row) {
        return row.toMap();
    }

    @Converter
    public static Map<?, ?> toMap(Entry entry) {
        return entry.toMap();
    }

    /**
     * Returns a row as an object of a class of the application, and of a change its new row, or the old one of a delete.
     * Camel asks for any class for which it knows no converter; for all that is not a row the answer is null.
     */
    @Converter(fallback = true)
    public static Object toObject(Class<?> type, Exchange exchange, Object value, TypeConverterRegistry registry) {
        Row row = value instanceof Modification change ? change.row() : value instanceof Row itself ? itself : null;
        boolean known = type.getName().startsWith("java") || type.getName().startsWith("org.apache.camel.");
        if (row == null || known || !(registry instanceof TypeConverter converter)) {
            return null;
        }
        return new RowBinding(row, converter).to(type);
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
