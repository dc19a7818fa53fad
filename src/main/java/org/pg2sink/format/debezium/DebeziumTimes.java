package org.pg2sink.format.debezium;

import static org.pg2sink.format.debezium.DebeziumType.ConnectSchema.named;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.pg2sink.format.debezium.DebeziumOptions.TimeMode;
import org.pg2sink.types.Codec;
import org.pg2sink.types.Codecs;
import org.pg2sink.types.JsonWriter;

/** Writes dates and times as Debezium does, with its numbers for the infinities. */
final class DebeziumTimes {

    private static final String CONNECT = "org.apache.kafka.connect.data.";
    private static final String DEBEZIUM = "io.debezium.time.";

    private static final Codecs BUILT_IN = new Codecs(oid -> Optional.empty());
    private static final Codec DATE = BUILT_IN.of(1082, -1);
    private static final Codec TIME = BUILT_IN.of(1083, -1);
    private static final Codec TIMESTAMP = BUILT_IN.of(1114, -1);
    private static final Codec INSTANT = BUILT_IN.of(1184, -1);

    /** The precision of a type that says none. */
    private static final int MAX_PRECISION = 6;

    private static final int MILLIS_PRECISION = 3;
    private static final long DAY_NANOS = 86_400_000_000_000L;

    private static final LocalDate INFINITE_DATE = LocalDate.of(-5_877_611, 6, 21);
    private static final LocalDate MINUS_INFINITE_DATE = LocalDate.of(-5_877_611, 6, 22);
    private static final LocalDateTime INFINITE_TIMESTAMP = ofEpochMicros(9_223_372_036_825_200_000L);
    private static final LocalDateTime MINUS_INFINITE_TIMESTAMP = ofEpochMicros(-9_223_372_036_832_400_000L);

    /** The text of a timestamp of a year with four digits, up to its fraction. */
    private static final int SECONDS_END = "2019-10-04 16:05:55".length();

    private static final int SPACE = "2019-10-04".length();
    private static final int ZONE_LENGTH = "+00".length();

    /** Names the unit of numbers that count fractions of a second. */
    private enum Unit {
        MILLIS(1_000_000, "Time", "Timestamp"),
        MICROS(1_000, "MicroTime", "MicroTimestamp"),
        NANOS(1, "NanoTime", "NanoTimestamp");

        private final long nanos;
        private final String time;
        private final String timestamp;

        Unit(long nanos, String time, String timestamp) {
            this.nanos = nanos;
            this.time = time;
            this.timestamp = timestamp;
        }

        private long ofTimestamp(LocalDateTime timestamp) {
            long second = timestamp.toEpochSecond(ZoneOffset.UTC);
            return second * (1_000_000_000 / nanos) + timestamp.getNano() / nanos;
        }
    }

    private DebeziumTimes() {}

    static DebeziumType date(TimeMode mode) {
        return switch (mode) {
            case ISOSTRING ->
                ofText("IsoDate", (text, offset, length, json) -> ascii(date(text, offset, length) + "Z", json));
            case CONNECT -> days(named("int32", CONNECT + "Date"));
            default -> days(named("int32", DEBEZIUM + "Date"));
        };
    }

    private static DebeziumType days(DebeziumType.ConnectSchema schema) {
        return new DebeziumType(
                schema,
                (text, offset, length, json) ->
                        json.number(date(text, offset, length).toEpochDay()),
                (byte[]) null);
    }

    private static LocalDate date(byte[] text, int offset, int length) {
        LocalDate date = (LocalDate) DATE.toJava(text, offset, length);
        if (date.equals(LocalDate.MAX)) {
            return INFINITE_DATE;
        }
        return date.equals(LocalDate.MIN) ? MINUS_INFINITE_DATE : date;
    }

    /** @param precision how many digits a second has, -1 if the type does not say */
    static DebeziumType time(TimeMode mode, int precision) {
        return switch (mode) {
            case ISOSTRING ->
                ofText("IsoTime", (text, offset, length, json) -> {
                    LocalTime time = LocalTime.ofNanoOfDay(nanoOfDay(text, offset, length) % DAY_NANOS);
                    ascii(DateTimeFormatter.ISO_LOCAL_TIME.format(time) + "Z", json);
                });
            case CONNECT -> time(Unit.MILLIS, CONNECT);
            case ADAPTIVE -> time(unit(precision), DEBEZIUM);
            case NANOSECONDS -> time(Unit.NANOS, DEBEZIUM);
            case ADAPTIVE_TIME_MICROSECONDS, MICROSECONDS -> time(Unit.MICROS, DEBEZIUM);
        };
    }

    private static DebeziumType time(Unit unit, String namespace) {
        return new DebeziumType(
                named(unit == Unit.MILLIS ? "int32" : "int64", namespace + unit.time),
                (text, offset, length, json) -> json.number(nanoOfDay(text, offset, length) / unit.nanos),
                (byte[]) null);
    }

    private static Unit unit(int precision) {
        return precision >= 0 && precision <= MILLIS_PRECISION ? Unit.MILLIS : Unit.MICROS;
    }

    /** The end of the day is one of its nanoseconds more than it has. */
    private static long nanoOfDay(byte[] text, int offset, int length) {
        LocalTime time = (LocalTime) TIME.toJava(text, offset, length);
        return time.equals(LocalTime.MAX) ? DAY_NANOS : time.toNanoOfDay();
    }

    /** @param precision how many digits a second has, -1 if the type does not say */
    static DebeziumType timestamp(TimeMode mode, int precision) {
        return switch (mode) {
            case ISOSTRING ->
                ofText(
                        "IsoTimestamp",
                        (text, offset, length, json) -> ascii(
                                DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(timestamp(text, offset, length)) + "Z",
                                json));
            case CONNECT -> timestamp(Unit.MILLIS, CONNECT);
            case ADAPTIVE, ADAPTIVE_TIME_MICROSECONDS -> timestamp(unit(precision), DEBEZIUM);
            case NANOSECONDS -> timestamp(Unit.NANOS, DEBEZIUM);
            case MICROSECONDS -> timestamp(Unit.MICROS, DEBEZIUM);
        };
    }

    private static DebeziumType timestamp(Unit unit, String namespace) {
        return new DebeziumType(
                named("int64", namespace + unit.timestamp),
                (text, offset, length, json) -> json.number(unit.ofTimestamp(timestamp(text, offset, length))),
                (byte[]) null);
    }

    private static LocalDateTime timestamp(byte[] text, int offset, int length) {
        LocalDateTime timestamp = (LocalDateTime) TIMESTAMP.toJava(text, offset, length);
        if (timestamp.equals(LocalDateTime.MAX)) {
            return INFINITE_TIMESTAMP;
        }
        return timestamp.equals(LocalDateTime.MIN) ? MINUS_INFINITE_TIMESTAMP : timestamp;
    }

    private static LocalDateTime ofEpochMicros(long micros) {
        return LocalDateTime.ofEpochSecond(
                Math.floorDiv(micros, 1_000_000L), (int) Math.floorMod(micros, 1_000_000L) * 1000, ZoneOffset.UTC);
    }

    /** @param precision how many digits a second has, -1 if the type does not say */
    static DebeziumType zonedTimestamp(int precision) {
        int digits = precision < 0 ? MAX_PRECISION : precision;
        return ofText("ZonedTimestamp", (text, offset, length, json) -> {
            if (text[offset + length - ZONE_LENGTH] == '+' && text[offset + SPACE] == ' ') {
                json.raw('"');
                writeInstant(text, offset, offset + length - ZONE_LENGTH, digits, json);
                json.raw('"');
            } else {
                json.string(oddInstant(text, offset, length, digits));
            }
        });
    }

    /** Writes {@code 2019-10-04T16:05:55.120000Z} for {@code 2019-10-04 16:05:55.12}: nearly all of it is copied. */
    private static void writeInstant(byte[] text, int offset, int end, int digits, JsonWriter json) {
        json.raw(text, offset, SPACE);
        json.raw('T');
        json.raw(text, offset + SPACE + 1, SECONDS_END - SPACE - 1);
        int fraction = offset + SECONDS_END;
        if (digits > 0) {
            int given = Math.max(0, end - fraction);
            if (given == 0) {
                json.raw('.');
            } else {
                json.raw(text, fraction, given);
            }
            for (int i = Math.max(1, given); i <= digits; i++) {
                json.raw('0');
            }
        }
        json.raw('Z');
    }

    /** Returns an instant whose year has more than four digits or is before Christ, or an infinity. */
    private static String oddInstant(byte[] text, int offset, int length, int digits) {
        OffsetDateTime instant = (OffsetDateTime) INSTANT.toJava(text, offset, length);
        if (instant.equals(OffsetDateTime.MAX)) {
            return "infinity";
        }
        if (instant.equals(OffsetDateTime.MIN)) {
            return "-infinity";
        }
        String fraction = digits == 0
                ? ""
                : "." + String.format("%09d", instant.getNano()).substring(0, digits);
        return DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(instant.withNano(0)) + fraction + "Z";
    }

    static DebeziumType zonedTime() {
        return ofText("ZonedTime", (text, offset, length, json) -> {
            String time = new String(text, offset, length, StandardCharsets.US_ASCII);
            boolean hoursOnly = time.charAt(length - ZONE_LENGTH) == '+' || time.charAt(length - ZONE_LENGTH) == '-';
            try {
                OffsetTime utc =
                        OffsetTime.parse(hoursOnly ? time + ":00" : time).withOffsetSameInstant(ZoneOffset.UTC);
                ascii(DateTimeFormatter.ISO_OFFSET_TIME.format(utc), json);
            } catch (DateTimeException e) { // 24:00:00, which Java does not know
                ascii(time, json);
            }
        });
    }

    static DebeziumType interval(boolean asText) {
        return asText
                ? ofText(
                        "Interval",
                        (text, offset, length, json) ->
                                ascii(new DebeziumInterval(text, offset, length).isoText(), json))
                : new DebeziumType(
                        named("int64", DEBEZIUM + "MicroDuration"),
                        (text, offset, length, json) ->
                                json.number(new DebeziumInterval(text, offset, length).micros()),
                        (byte[]) null);
    }

    private static DebeziumType ofText(String name, DebeziumType.Writer writer) {
        return new DebeziumType(named("string", DEBEZIUM + name), writer, (byte[]) null);
    }

    private static void ascii(String text, JsonWriter json) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        json.string(bytes, 0, bytes.length);
    }
}
