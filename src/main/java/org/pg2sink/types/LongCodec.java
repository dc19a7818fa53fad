package org.pg2sink.types;

import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;

/** Whole numbers that are strings in JSON: bigint, because many readers know doubles only, and oid, as to_json has it. */
record LongCodec(String typeName) implements Codec {

    static final LongCodec BIGINT = new LongCodec("bigint");

    static final LongCodec OID = new LongCodec("oid");

    @Override
    public Class<?> javaType() {
        return Long.class;
    }

    @Override
    public Schema avroSchema() {
        return Schema.create(Schema.Type.LONG);
    }

    @Override
    public Object toJava(byte[] text, int offset, int length) {
        String digits = new String(text, offset, length, StandardCharsets.ISO_8859_1);
        try {
            return Long.valueOf(digits);
        } catch (NumberFormatException e) { // no cause: its text has the value
            throw new MalformedValueException(typeName);
        }
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
