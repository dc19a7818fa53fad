package org.pg2sink.types;

import java.nio.ByteBuffer;
import org.apache.avro.Schema;

/** @see <a href="https://www.postgresql.org/docs/current/datatype-binary.html">Binary data types</a> */
record ByteaCodec() implements Codec {

    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    @Override
    public String typeName() {
        return "bytea";
    }

    @Override
    public Class<?> javaType() {
        return byte[].class;
    }

    @Override
    public Schema avroSchema() {
        return Schema.create(Schema.Type.BYTES);
    }

    @Override
    public Object toJava(byte[] text, int offset, int length) {
        if (length < 2 || length % 2 != 0 || text[offset] != '\\' || text[offset + 1] != 'x') {
            throw new MalformedValueException(typeName());
        }
        byte[] value = new byte[length / 2 - 1];
        for (int i = 0, at = offset + 2; i < value.length; i++, at += 2) {
            int high = Character.digit(text[at], 16);
            int low = Character.digit(text[at + 1], 16);
            if (high < 0 || low < 0) {
                throw new MalformedValueException(typeName());
            }
            value[i] = (byte) (high << 4 | low);
        }
        return value;
    }

    @Override
    public Object toAvro(Object value) {
        return ByteBuffer.wrap((byte[]) value);
    }

    @Override
    public void writeJson(byte[] text, int offset, int length, JsonWriter json) {
        json.string(text, offset, length);
    }
}
