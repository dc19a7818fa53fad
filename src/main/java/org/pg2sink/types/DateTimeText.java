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
 * Reads the text of dates and times in DateStyle ISO, one value an instance.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-datetime.html">Date/time types</a>
 */
final class DateTimeText {

    private static final byte[] INFINITY = "infinity".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MINUS_INFINITY = "-infinity".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BEFORE_CHRIST = " BC".getBytes(StandardCharsets.US_ASCII);
    private static final int NANO_DIGITS = 9;

    private final String typeName;
    private final byte[] text;
    private final boolean beforeChrist;
    private final int end;
    private int position;

    DateTimeText(String typeName, byte[] text, int offset, int length) {
        this.typeName = typeName;
        this.text = text;
        this.position = offset;
        int suffix = offset + length - BEFORE_CHRIST.length;
        this.beforeChrist = suffix > offset && equal(suffix, offset + length, BEFORE_CHRIST);
        this.end = beforeChrist ? suffix : offset + length;
    }

    boolean isInfinity() {
        return equal(position, end, INFINITY);
    }

    boolean isMinusInfinity() {
        return equal(position, end, MINUS_INFINITY);
    }

    private boolean equal(int from, int to, byte[] expected) {
        return Arrays.equals(text, from, to, expected, 0, expected.length);
    }

    LocalDate date() {
        try {
            return complete(readDate());
        } catch (DateTimeException e) { // no cause, here and below: its text has the value
            throw malformed();
        }
    }

    LocalTime time() {
        try {
            return complete(readTime());
        } catch (DateTimeException e) {
            throw malformed();
        }
    }

    LocalDateTime timestamp() {
        try {
            return complete(readTimestamp());
        } catch (DateTimeException e) {
            throw malformed();
        }
    }

    OffsetDateTime instant() {
        try {
            LocalDateTime local = readTimestamp();
            ZoneOffset zone = readZone();
            return complete(local.atOffset(zone).withOffsetSameInstant(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            throw malformed();
        }
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
        if (position == start || position - start > NANO_DIGITS) {
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

    private MalformedValueException malformed() {
        return new MalformedValueException(typeName);
    }
}
