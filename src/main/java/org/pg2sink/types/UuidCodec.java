package org.pg2sink.types;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/** @see <a href="https://www.postgresql.org/docs/current/datatype-uuid.html">UUID type</a> */
record UuidCodec() implements Codec {

    @Override
    public String typeName() {
        return "uuid";
    }

    @Override
    public Class<?> javaType() {
        return UUID.class;
    }

    @Override
    public Schema avroSchema() {
        return LogicalTypes.uuid().addToSchema(Schema.create(Schema.Type.STRING));
    }

    @Override
    public Object toJava(byte[] text, int offset, int length) {
        String uuid = new String(text, offset, length, StandardCharsets.ISO_8859_1);
        try {
            return UUID.fromString(uuid);
        } catch (IllegalArgumentException e) { // no cause: its text has the value
            throw new MalformedValueException(typeName());
        }
    }

    @Override
    public Object toAvro(Object value) {
        return value.toString();
    }

    @Override
    public void writeJson(byte[] text, int offset, int length, JsonWriter json) {
        json.string(text, offset, length);
    }
}
