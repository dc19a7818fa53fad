package org.pg2sink.types;

import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.util.Arrays;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * time without time zone. The end of the day, 24:00:00, is {@link LocalTime#MAX} in Java, which no other value of the
 * type can be, since it has nanoseconds; in Avro it is the number of microseconds of a day.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-datetime.html">Date/time types</a>
 */
record TimeCodec() implements Codec {

    private static final byte[] END_OF_DAY = "24:00:00".getBytes(StandardCharsets.US_ASCII);
    private static final long MICROS_OF_DAY = 86_400_000_000L;

    @Override
    public String typeName() {
        return "time without time zone";
    }

    @Override
    public Class<?> javaType() {
        return LocalTime.class;
    }

    @Override
    public Schema avroSchema() {
        return LogicalTypes.timeMicros().addToSchema(Schema.create(Schema.Type.LONG));
    }

    @Override
    public Object toJava(byte[] text, int offset, int length) {
        if (Arrays.equals(text, offset, offset + length, END_OF_DAY, 0, END_OF_DAY.length)) {
            return LocalTime.MAX;
        }
        return new DateTimeText(typeName(), text, offset, length).time();
    }

    @Override
    public Object toAvro(Object value) {
        return value.equals(LocalTime.MAX) ? MICROS_OF_DAY : ((LocalTime) value).toNanoOfDay() / 1000;
    }

    @Override
    public void writeJson(byte[] text, int offset, int length, JsonWriter json) {
        json.string(text, offset, length);
    }
}
