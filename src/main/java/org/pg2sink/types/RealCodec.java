package org.pg2sink.types;

import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;

/** @see <a href="https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-FLOAT">Floating-point types</a> */
record RealCodec() implements Codec {

    @Override
    public String typeName() {
        return "real";
    }

    @Override
    public Class<?> javaType() {
        return Float.class;
    }

    @Override
    public Schema avroSchema() {
        return Schema.create(Schema.Type.FLOAT);
    }

    @Override
    public Object toJava(byte[] text, int offset, int length) {
        String number = new String(text, offset, length, StandardCharsets.ISO_8859_1);
        try {
            return Float.valueOf(number);
        } catch (NumberFormatException e) { // no cause: its text has the value
            throw new MalformedValueException(typeName());
        }
    }

    @Override
    public Object toAvro(Object value) {
        return value;
    }

    @Override
    public void writeJson(byte[] text, int offset, int length, JsonWriter json) {
        JsonNumber.write(text, offset, length, json);
    }
}
