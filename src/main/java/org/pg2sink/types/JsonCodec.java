package org.pg2sink.types;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;

/**
 * json and jsonb: embedded in JSON as they are, text everywhere else.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-json.html">JSON types</a>
 */
record JsonCodec(String typeName, BinaryForm binaryForm) implements Codec {

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

    /** Trusts the server, which let only JSON into the column. */
    @Override
    public void writeJson(byte[] text, int offset, int length, JsonGenerator json) throws IOException {
        json.writeRawValue(new JsonDocument(text, offset, length));
    }

    @Override
    public byte[] binaryToText(byte[] binary, int offset, int length) {
        return binaryForm.toText(typeName, binary, offset, length);
    }
}
