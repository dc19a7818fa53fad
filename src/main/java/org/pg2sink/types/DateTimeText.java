package org.pg2sink.types;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;

/**
 * Reads the text of one date or time in DateStyle ISO. All methods throw DateTimeException if the text is malformed.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-datetime.html">Date/time types</a>
 */
final class DateTimeText {

    private static final byte[] BEFORE_CHRIST = " BC".getBytes(StandardCharsets.US_ASCII);
    private static final int NANO_DIGITS = 9;
    private static final int MAX_DIGITS = 9; // an int holds them

    private final byte[] text;
    private final boolean beforeChrist;
    private final int end;
    private int position;

    DateTimeText(byte[] text, int offset, int length) {
        this.text = text;
        this.position = offset;
        int suffix = offset + length - BEFORE_CHRIST.length;
        this.beforeChrist =
                suffix > offset && Arrays.equals(text, suffix, offset + length, BEFORE_CHRIST, 0, BEFORE_CHRIST.length);
        this.end = beforeChrist ? suffix : offset + length;
    }

    LocalDate date() {
        return complete(readDate());
    }

    LocalTime time() {
        return complete(readTime());
    }

    LocalDateTime timestamp() {
        return complete(readTimestamp());
    }

    OffsetDateTime instant() {
        LocalDateTime local = readTimestamp();
        ZoneOffset zone = readZone();
        return complete(local.atOffset(zone).withOffsetSameInstant(ZoneOffset.UTC));
    }

    private LocalDateTime readTimestamp() {
        LocalDate date = readDate();
        expect(' ');
        return LocalDateTime.of(date, readTime());
    }

    private LocalDate readDate() {
        int year = readNumber();
        expect('-');
        int month = readNumber();
        expect('-');
        return LocalDate.of(beforeChrist ? 1 - year : year, month, readNumber());
    }

    private LocalTime readTime() {
        int hour = readNumber();
        expect(':');
        int minute = readNumber();
        expect(':');
        int second = readNumber();
        return LocalTime.of(hour, minute, second, accept('.') ? readNanos() : 0);
    }

    private int readNanos() {
        int start = position;
        int nanos = readNumber();
        for (int digits = position - start; digits < NANO_DIGITS; digits++) {
            nanos *= 10;
        }
        return nanos;
    }

    private ZoneOffset readZone() {
        int sign = accept('-') ? -1 : 1;
        if (sign > 0) {
            expect('+');
        }
        int hours = readNumber();
        int minutes = accept(':') ? readNumber() : 0;
        int seconds = accept(':') ? readNumber() : 0;
        return ZoneOffset.ofHoursMinutesSeconds(sign * hours, sign * minutes, sign * seconds);
    }

    private int readNumber() {
        int start = position;
        int number = 0;
        while (position < end && text[position] >= '0' && text[position] <= '9') {
            number = number * 10 + text[position++] - '0';
        }
        if (position == start || position - start > MAX_DIGITS) {
            throw malformed();
        }
        return number;
    }

    private boolean accept(char expected) {
        if (position < end && text[position] == expected) {
            position++;
            return true;
        }
        return false;
    }

    private void expect(char expected) {
        if (!accept(expected)) {
            throw malformed();
        }
    }

    private <T> T complete(T value) {
        if (position != end) {
            throw malformed();
        }
        return value;
    }

    private static DateTimeException malformed() {
        return new DateTimeException("not a date or time in DateStyle ISO");
    }
}
