package org.pg2sink.types;

import org.apache.avro.Schema;

/**
 * How the values of one Postgres type stand in Java, Avro and JSON. Everything starts from the text form that the server
 * prints under the settings of the replication session (DateStyle ISO, IntervalStyle postgres, TimeZone UTC,
 * extra_float_digits 1, bytea_output hex). SQL NULL never comes here.
 * Immutable and safe for any thread.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype.html">Data types</a>
 */
public interface Codec {

    /**
     * The name of the type as {@code format_type} prints it, without a modifier: {@code bigint}, {@code text[]}; with its
     * schema if it is not built in, and {@code ???} if nobody knows it. A domain has the name of its base type.
     */
    String typeName();

    /** The class of what {@link #toJava} gives. */
    Class<?> javaType();

    /** The Avro schema of a value that is not null; never a union. */
    Schema avroSchema();

    /**
     * The value of a text form.
     *
     * @throws IllegalArgumentException if the bytes are not a text form of the type; the text names the type, not the value
     */
    Object toJava(byte[] text, int offset, int length);

    /** What Avro's generic writers take for a value that {@link #toJava} gave; null if the Avro schema cannot hold it. */
    Object toAvro(Object value);

    /**
     * Writes a text form as one JSON value.
     *
     * @throws IllegalArgumentException if the bytes are not a text form of the type and could not stand as a string instead
     */
    void writeJson(byte[] text, int offset, int length, JsonWriter json);
}
