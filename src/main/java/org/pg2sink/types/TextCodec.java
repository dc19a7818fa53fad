package org.pg2sink.types;

import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;

/** Types whose text is their value. */
record TextCodec(String typeName) implements Codec {

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

    @Override
    public void writeJson(byte[] text, int offset, int length, JsonWriter json) {
        json.string(text, offset, length);
    }
}
