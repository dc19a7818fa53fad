package org.pg2sink.types;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.temporal.Temporal;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.Schema;

/**
 * Serves a type by the components that it is given: how its text becomes a Java value, an Avro value and JSON.
 *
 * @param reader reads the Java value of a text; it may throw IllegalArgumentException or DateTimeException
 * @param avroForm returns what Avro's generic writers accept for a Java value, or null if the schema cannot hold it
 * @param jsonForm writes a text as JSON
 * @param binaryForm prints the values; empty if only the server can
 */
record ScalarCodec<T>(
        String typeName,
        Class<T> javaType,
        TextReader<T> reader,
        Schema avroSchema,
        Function<T, Object> avroForm,
        JsonForm jsonForm,
        Optional<BinaryForm> binaryForm)
        implements Codec {

    /** Holds the quotes, and the minutes of a zone. */
    private static final int LIKELY_MORE_BYTES = 8;

    /** Creates the codec of a type whose Java values Avro's writers accept as they are. */
    ScalarCodec(String typeName, Class<T> javaType, TextReader<T> reader, Schema.Type avroType, JsonForm jsonForm) {
        this(typeName, javaType, reader, Schema.create(avroType), value -> value, jsonForm);
    }

    /** Creates the codec of a type whose values come as text. */
    ScalarCodec(
            String typeName,
            Class<T> javaType,
            TextReader<T> reader,
            Schema avroSchema,
            Function<T, Object> avroForm,
            JsonForm jsonForm) {
        this(typeName, javaType, reader, avroSchema, avroForm, jsonForm, Optional.empty());
    }

    /** Returns the codec of the same type, whose values may come in that binary form. */
    ScalarCodec<T> in(BinaryKind kind) {
        return in(BinaryForm.of(kind));
    }

    /** Returns the codec of the same type, whose values may come in that binary form. */
    ScalarCodec<T> in(BinaryForm form) {
        return new ScalarCodec<>(typeName, javaType, reader, avroSchema, avroForm, jsonForm, Optional.of(form));
    }

    /** Returns the codec of a type whose text is its value. */
    static ScalarCodec<String> text(String typeName) {
        return new ScalarCodec<>(typeName, String.class, TextReader.UTF_8, Schema.Type.STRING, JsonForm.STRING);
    }

    @Override
    public Object toJava(byte[] text, int offset, int length) {
        try {
            return reader.read(text, offset, length);
        } catch (IllegalArgumentException | DateTimeException e) { // no cause: its message may contain the value
            throw new MalformedValueException(typeName);
        }
    }

    @Override
    public Object toPlain(byte[] text, int offset, int length) {
        Object value = toJava(text, offset, length);
        return value instanceof Temporal ? jsonString(text, offset, length) : value;
    }

    /** Returns the string that is written as JSON. Dates and times have no character that JSON escapes. */
    private String jsonString(byte[] text, int offset, int length) {
        JsonWriter json = new JsonWriter(length + LIKELY_MORE_BYTES);
        writeJson(text, offset, length, json);
        byte[] quoted = json.toByteArray();
        return new String(quoted, 1, quoted.length - 2, StandardCharsets.US_ASCII);
    }

    @Override
    public Object toAvro(Object value) {
        return avroForm.apply(javaType.cast(value));
    }

    @Override
    public void writeJson(byte[] text, int offset, int length, JsonWriter json) {
        jsonForm.write(text, offset, length, json);
    }
}
