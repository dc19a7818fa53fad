package org.pg2sink.types;

import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;

/** @see <a href="https://www.postgresql.org/docs/current/datatype-boolean.html">Boolean</a> */
record BooleanCodec() implements Codec {

    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);

    @Override
    public String typeName() {
        return "boolean";
    }

    @Override
    public Class<?> javaType() {
        return Boolean.class;
    }

    @Override
    public Schema avroSchema() {
        return Schema.create(Schema.Type.BOOLEAN);
    }

    @Override
    public Object toJava(byte[] text, int offset, int length) {
        return parse(text, offset, length);
    }

    private boolean parse(byte[] text, int offset, int length) {
        if (length != 1 || text[offset] != 't' && text[offset] != 'f') {
            throw new MalformedValueException(typeName());
        }
        return text[offset] == 't';
    }

    @Override
    public Object toAvro(Object value) {
        return value;
    }

    @Override
    public void writeJson(byte[] text, int offset, int length, JsonWriter json) {
        json.raw(parse(text, offset, length) ? TRUE : FALSE);
    }
}
