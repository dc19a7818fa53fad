package org.pg2sink.types;

import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;

/** Types whose text is their value. */
record TextCodec(String typeName, BinaryForm binaryForm) implements Codec {

    /** The codec of a type of which only the text is known. */
    TextCodec(String typeName) {
        this(typeName, BinaryForm.unknown(typeName));
    }

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

    @Override
    public byte[] binaryToText(byte[] binary, int offset, int length) {
        return binaryForm.toText(typeName, binary, offset, length);
    }
}
