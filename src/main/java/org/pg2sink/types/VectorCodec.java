package org.pg2sink.types;

import java.util.List;
import org.apache.avro.Schema;

/** Serves int2vector and oidvector of the system catalogs: arrays in whose text the elements are separated by spaces. */
record VectorCodec(String typeName, ArrayCodec array) implements Codec {

    @Override
    public Class<?> javaType() {
        return List.class;
    }

    @Override
    public Schema avroSchema() {
        return array.avroSchema();
    }

    @Override
    public Object toJava(byte[] text, int offset, int length) {
        return array.toJava(arrayText(text, offset, length), 0, length + 2);
    }

    @Override
    public Object toPlain(byte[] text, int offset, int length) {
        return array.toPlain(arrayText(text, offset, length), 0, length + 2);
    }

    @Override
    public Object toAvro(Object value) {
        return array.toAvro(value);
    }

    @Override
    public void writeJson(byte[] text, int offset, int length, JsonWriter json) {
        array.writeJson(arrayText(text, offset, length), 0, length + 2, json);
    }

    private static byte[] arrayText(byte[] text, int offset, int length) {
        byte[] arrayText = new byte[length + 2];
        arrayText[0] = '{';
        for (int i = 0; i < length; i++) {
            byte b = text[offset + i];
            arrayText[i + 1] = b == ' ' ? (byte) ',' : b;
        }
        arrayText[length + 1] = '}';
        return arrayText;
    }
}
