package org.pg2sink.types;

import java.time.OffsetDateTime;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * timestamp with time zone: a point in time, in UTC. The infinities are the greatest and the least value: of
 * OffsetDateTime in Java, of long in Avro, where the server has them too.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-datetime.html">Date/time types</a>
 */
record InstantCodec() implements Codec {

    @Override
    public String typeName() {
        return "timestamp with time zone";
    }

    @Override
    public Class<?> javaType() {
        return OffsetDateTime.class;
    }

    @Override
    public Schema avroSchema() {
        return LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
    }

    @Override
    public Object toJava(byte[] text, int offset, int length) {
        DateTimeText timestamp = new DateTimeText(typeName(), text, offset, length);
        if (timestamp.isInfinity()) {
            return OffsetDateTime.MAX;
        }
        return timestamp.isMinusInfinity() ? OffsetDateTime.MIN : timestamp.instant();
    }

    @Override
    public Object toAvro(Object value) {
        if (value.equals(OffsetDateTime.MAX)) {
            return Long.MAX_VALUE;
        }
        return value.equals(OffsetDateTime.MIN)
                ? (Long) Long.MIN_VALUE
                : EpochMicros.of(((OffsetDateTime) value).toLocalDateTime());
    }

    @Override
    public void writeJson(byte[] text, int offset, int length, JsonWriter json) {
        JsonTimestamp.write(text, offset, length, json);
    }
}
