package org.pg2sink.types;

import java.util.Optional;
import org.apache.avro.Schema;

/**
 * Represents the values of one Postgres type in Java, Avro and JSON. It starts from the text form that the server prints
 * under the settings of the replication session (DateStyle ISO, IntervalStyle postgres, TimeZone UTC,
 * extra_float_digits 1, bytea_output hex). Callers handle SQL NULL themselves. A codec is immutable and safe for any
 * thread.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype.html">Data types</a>
 */
public interface Codec {

    /**
     * Returns the name of the type as {@code format_type} prints it, without a modifier: {@code bigint}, {@code text[]}.
     * A type that is not built in has its schema before the name, and an unknown type is {@code ???}. A domain has the
     * name of its base type.
     */
    String typeName();

    /** Returns the class of the values that {@link #toJava} returns. */
    Class<?> javaType();

    /** Returns the Avro schema of a value that is not null. It is never a union. */
    Schema avroSchema();

    /**
     * Returns the Java value of {@code length} bytes of {@code text} from {@code offset}.
     *
     * @throws IllegalArgumentException if the bytes are not a text form of the type; the message names the type, not the
     *     value
     */
    Object toJava(byte[] text, int offset, int length);

    /**
     * Returns the value as any JSON library takes it: what {@link #toJava} returns, but dates and times as the text that
     * {@link #writeJson} writes.
     *
     * @throws IllegalArgumentException as {@link #toJava}
     */
    Object toPlain(byte[] text, int offset, int length);

    /**
     * Returns what Avro's generic writers accept for a value that {@link #toJava} returned, or null if the Avro schema
     * cannot hold it.
     */
    Object toAvro(Object value);

    /** Returns the form that prints the values; empty if the server has to send them as text. */
    default Optional<BinaryForm> binaryForm() {
        return Optional.empty();
    }

    /**
     * Writes a text form as one JSON value.
     *
     * @throws IllegalArgumentException if the bytes are not a text form of the type and cannot be written as a string
     *     instead
     */
    void writeJson(byte[] text, int offset, int length, JsonWriter json);
}
