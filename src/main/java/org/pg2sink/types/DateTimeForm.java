package org.pg2sink.types;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Represents the values of a date or time type in Java, and in Avro by a number of days or microseconds. A value that
 * java.time does not know is the greatest or the least value of the Java class. In Avro the infinities have the numbers
 * that the server stores for them.
 *
 * @param specials the values that java.time does not know
 * @param reader reads any other value
 * @param number returns the number of any other value, or null if Avro's type cannot hold it
 * @see <a href="https://www.postgresql.org/docs/current/datatype-datetime.html">Date/time types</a>
 */
record DateTimeForm<T>(List<Special<T>> specials, Function<DateTimeText, T> reader, Function<T, Object> number) {

    private static final long MICROS_PER_DAY = 86_400_000_000L;

    static final DateTimeForm<LocalDate> DATE = new DateTimeForm<>(
            infinities(LocalDate.MAX, Integer.MAX_VALUE, LocalDate.MIN, Integer.MIN_VALUE),
            DateTimeText::date,
            date -> Math.toIntExact(date.toEpochDay())); // the type ends in 5874897, before the int of days does

    /** Reads 24:00:00 as {@link LocalTime#MAX}, which no other value of the type can be, because it has nanoseconds. */
    static final DateTimeForm<LocalTime> TIME = new DateTimeForm<>(
            List.of(new Special<>("24:00:00", LocalTime.MAX, MICROS_PER_DAY)),
            DateTimeText::time,
            time -> time.toNanoOfDay() / 1000);

    static final DateTimeForm<LocalDateTime> TIMESTAMP = new DateTimeForm<>(
            infinities(LocalDateTime.MAX, Long.MAX_VALUE, LocalDateTime.MIN, Long.MIN_VALUE),
            DateTimeText::timestamp,
            EpochMicros::of);

    /** Reads a point in time in UTC. */
    static final DateTimeForm<OffsetDateTime> TIMESTAMPTZ = new DateTimeForm<>(
            infinities(OffsetDateTime.MAX, Long.MAX_VALUE, OffsetDateTime.MIN, Long.MIN_VALUE),
            DateTimeText::instant,
            instant -> EpochMicros.of(instant.toLocalDateTime()));

    private record Special<T>(byte[] text, T java, Object number) {

        Special(String text, T java, Object number) {
            this(text.getBytes(StandardCharsets.US_ASCII), java, number);
        }

        boolean isText(byte[] other, int offset, int length) {
            return Arrays.equals(text, 0, text.length, other, offset, offset + length);
        }
    }

    private static <T> List<Special<T>> infinities(T greatest, Object greatestNumber, T least, Object leastNumber) {
        return List.of(
                new Special<>("infinity", greatest, greatestNumber), new Special<>("-infinity", least, leastNumber));
    }

    T read(byte[] text, int offset, int length) {
        for (Special<T> special : specials) {
            if (special.isText(text, offset, length)) {
                return special.java();
            }
        }
        return reader.apply(new DateTimeText(text, offset, length));
    }

    Object toAvro(T value) {
        for (Special<T> special : specials) {
            if (value.equals(special.java())) {
                return special.number();
            }
        }
        return number.apply(value);
    }
}
