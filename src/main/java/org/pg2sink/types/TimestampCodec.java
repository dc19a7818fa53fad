package org.pg2sink.types;

import java.time.LocalDateTime;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * timestamp without time zone. The infinities are the greatest and the least value: of LocalDateTime in Java, of long in
 * Avro, where the server has them too.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-datetime.html">Date/time types</a>
 */
record TimestampCodec() implements Codec {

    @Override
    public String typeName() {
        return "timestamp without time zone";
    }

    @Override
    public Class<?> javaType() {
        return LocalDateTime.class;
    }

    @Override
    public Schema avroSchema() {
        return LogicalTypes.localTimestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
    }

    @Override
    public Object toJava(byte[] text, int offset, int length) {
        DateTimeText timestamp = new DateTimeText(typeName(), text, offset, length);
        if (timestamp.isInfinity()) {
            return LocalDateTime.MAX;
        }
        return timestamp.isMinusInfinity() ? LocalDateTime.MIN : timestamp.timestamp();
    }

    @Override
    public Object toAvro(Object value) {
        if (value.equals(LocalDateTime.MAX)) {
            return Long.MAX_VALUE;
        }
        return value.equals(LocalDateTime.MIN) ? (Long) Long.MIN_VALUE : EpochMicros.of((LocalDateTime) value);
    }

    @Override
    public void writeJson(byte[] text, int offset, int length, JsonWriter json) {
        JsonTimestamp.write(text, offset, length, json);
    }
}
