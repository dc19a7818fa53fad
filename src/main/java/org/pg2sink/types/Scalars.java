package org.pg2sink.types;

import static org.pg2sink.types.BinaryForm.printedBy;

import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Type;

/** Holds the codecs of the scalar types that are more than their text. */
final class Scalars {

    static final Codec BOOLEAN = new ScalarCodec<>(
                    "boolean", Boolean.class, BooleanText::read, Type.BOOLEAN, BooleanText::writeJson)
            .in(BinaryKind.BOOLEAN);

    static final Codec SMALLINT =
            integer("smallint", Short.MIN_VALUE, Short.MAX_VALUE).in(BinaryKind.SMALLINT);

    static final Codec INTEGER =
            integer("integer", Integer.MIN_VALUE, Integer.MAX_VALUE).in(BinaryKind.INTEGER);

    /** Writes strings as JSON, because many readers know doubles only. */
    static final Codec BIGINT = new ScalarCodec<>(
                    "bigint", Long.class, TextReader.ascii(Long::valueOf), Type.LONG, JsonForm.STRING)
            .in(BinaryKind.BIGINT);

    /** Writes strings as JSON, because to_json does. */
    static final Codec OID = new ScalarCodec<>(
                    "oid", Long.class, TextReader.ascii(Long::valueOf), Type.LONG, JsonForm.STRING)
            .in(BinaryKind.OID);

    static final Codec REAL = new ScalarCodec<>(
                    "real", Float.class, TextReader.ascii(Float::valueOf), Type.FLOAT, JsonNumber::write)
            .in(printedBy("float4out"));

    static final Codec DOUBLE_PRECISION = new ScalarCodec<>(
                    "double precision", Double.class, TextReader.ascii(Double::valueOf), Type.DOUBLE, JsonNumber::write)
            .in(printedBy("float8out"));

    static final Codec DATE = dateTime(
                    "date", LocalDate.class, DateTimeForm.DATE, Type.INT, LogicalTypes.date(), JsonForm.STRING)
            .in(BinaryKind.DATE);

    static final Codec TIME = dateTime(
                    "time without time zone",
                    LocalTime.class,
                    DateTimeForm.TIME,
                    Type.LONG,
                    LogicalTypes.timeMicros(),
                    JsonForm.STRING)
            .in(BinaryKind.TIME);

    static final Codec TIMESTAMP = dateTime(
                    "timestamp without time zone",
                    LocalDateTime.class,
                    DateTimeForm.TIMESTAMP,
                    Type.LONG,
                    LogicalTypes.localTimestampMicros(),
                    JsonTimestamp::write)
            .in(BinaryKind.TIMESTAMP);

    static final Codec TIMESTAMPTZ = dateTime(
                    "timestamp with time zone",
                    OffsetDateTime.class,
                    DateTimeForm.TIMESTAMPTZ,
                    Type.LONG,
                    LogicalTypes.timestampMicros(),
                    JsonTimestamp::write)
            .in(BinaryKind.TIMESTAMPTZ);

    static final Codec BYTEA = new ScalarCodec<>(
                    "bytea",
                    byte[].class,
                    ByteaText::read,
                    Schema.create(Type.BYTES),
                    ByteBuffer::wrap,
                    JsonForm.STRING)
            .in(BinaryKind.BYTEA);

    /** @see <a href="https://www.postgresql.org/docs/current/datatype-uuid.html">UUID type</a> */
    static final Codec UUID = new ScalarCodec<>(
                    "uuid",
                    java.util.UUID.class,
                    TextReader.ascii(java.util.UUID::fromString),
                    logical(Type.STRING, LogicalTypes.uuid()),
                    java.util.UUID::toString,
                    JsonForm.STRING)
            .in(BinaryKind.UUID);

    /** @see <a href="https://www.postgresql.org/docs/current/datatype-json.html">JSON types</a> */
    static final Codec JSON = new ScalarCodec<>(
                    "json", String.class, TextReader.UTF_8, Type.STRING, JsonForm.DOCUMENT_AS_WRITTEN)
            .in(BinaryKind.TEXT);

    /** Copies the text, because the server prints jsonb on one line, unlike json. */
    static final Codec JSONB = new ScalarCodec<>(
                    "jsonb", String.class, TextReader.UTF_8, Type.STRING, JsonForm.DOCUMENT)
            .in(BinaryKind.JSONB);

    private Scalars() {}

    private static ScalarCodec<Integer> integer(String typeName, int min, int max) {
        IntegerText text = new IntegerText(min, max);
        return new ScalarCodec<>(typeName, Integer.class, text::read, Type.INT, text::writeJson);
    }

    private static <T> ScalarCodec<T> dateTime(
            String typeName,
            Class<T> javaType,
            DateTimeForm<T> form,
            Type avroType,
            LogicalType logicalType,
            JsonForm jsonForm) {
        return new ScalarCodec<>(
                typeName, javaType, form::read, logical(avroType, logicalType), form::toAvro, jsonForm);
    }

    private static Schema logical(Type type, LogicalType logicalType) {
        return logicalType.addToSchema(Schema.create(type));
    }
}
