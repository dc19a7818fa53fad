package org.pg2sink.types;

import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;

/**
 * json and jsonb: embedded in JSON as they are, text everywhere else.
 *
 * @param oneLine whether the server prints it without line ends; json is printed as it was written
 * @see <a href="https://www.postgresql.org/docs/current/datatype-json.html">JSON types</a>
 */
record JsonCodec(String typeName, boolean oneLine) implements Codec {

    @Override
    public Class<?> javaType() {
        return String.class;
    }

    @Override
    public Schema avroSchema() {
        return Schema.create(Schema.Type.STRING);
    }

    @Override
    public Object toJava(byte[] text, int offset, int length) {
        return new String(text, offset, length, StandardCharsets.UTF_8);
    }

    @Override
    public Object toAvro(Object value) {
        return value;
    }

    /**
     * Trusts the server, which let only JSON into the column. It is to be on one line: within strings line ends are escaped
     * anyway, outside they are mere space.
     */
    @Override
    public void writeJson(byte[] text, int offset, int length, JsonWriter json) {
        int end = offset + length;
        int written = offset;
        for (int i = offset; !oneLine && i < end; i++) {
            if (text[i] == '\n' || text[i] == '\r') {
                json.raw(text, written, i - written);
                json.raw(' ');
                written = i + 1;
            }
        }
        json.raw(text, written, end - written);
    }
}
