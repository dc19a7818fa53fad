package org.pg2sink.types;

import java.time.LocalDate;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * date. The infinities are the greatest and the least value: of LocalDate in Java, of int in Avro, where the server has
 * them too.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-datetime.html">Date/time types</a>
 */
record DateCodec() implements Codec {

    @Override
    public String typeName() {
        return "date";
    }

    @Override
    public Class<?> javaType() {
        return LocalDate.class;
    }

    @Override
    public Schema avroSchema() {
        return LogicalTypes.date().addToSchema(Schema.create(Schema.Type.INT));
    }

    @Override
    public Object toJava(byte[] text, int offset, int length) {
        DateTimeText date = new DateTimeText(typeName(), text, offset, length);
        if (date.isInfinity()) {
            return LocalDate.MAX;
        }
        return date.isMinusInfinity() ? LocalDate.MIN : date.date();
    }

    @Override
    public Object toAvro(Object value) {
        if (value.equals(LocalDate.MAX)) {
            return Integer.MAX_VALUE;
        }
        if (value.equals(LocalDate.MIN)) {
            return Integer.MIN_VALUE;
        }
        return Math.toIntExact(((LocalDate) value).toEpochDay()); // the type ends in 5874897, an int of days later
    }

    @Override
    public void writeJson(byte[] text, int offset, int length, JsonWriter json) {
        json.string(text, offset, length);
    }
}
