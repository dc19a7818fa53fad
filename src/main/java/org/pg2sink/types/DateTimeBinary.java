package org.pg2sink.types;

import java.nio.ByteBuffer;
import java.time.LocalDate;

/**
 * The binary forms of dates and times: days and microseconds, counted from the year 2000. They are printed as
 * {@code EncodeDateTime} and its like in the server's datetime.c do it in DateStyle ISO.
 */
final class DateTimeBinary {

    private static final int EPOCH_2000 = (int) LocalDate.of(2000, 1, 1).toEpochDay();
    private static final long SECOND = 1_000_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private DateTimeBinary() {}

    static void date(ByteBuffer binary, StringBuilder text) {
        int days = binary.getInt();
        if (days == Integer.MAX_VALUE || days == Integer.MIN_VALUE) {
            text.append(days < 0 ? "-infinity" : "infinity");
            return;
        }
        LocalDate date = LocalDate.ofEpochDay((long) days + EPOCH_2000);
        appendDate(date, text);
        appendEra(date, text);
    }

    static void time(ByteBuffer binary, StringBuilder text) {
        appendTime(binary.getLong(), text);
    }

    static void timeWithZone(ByteBuffer binary, StringBuilder text) {
        appendTime(binary.getLong(), text);
        int west = binary.getInt();
        int seconds = Math.abs(west);
        two(seconds / 3600, text.append(west <= 0 ? '+' : '-'));
        if (seconds % 3600 != 0) {
            two(seconds / 60 % 60, text.append(':'));
        }
        if (seconds % 60 != 0) {
            two(seconds % 60, text.append(':'));
        }
    }

    static void timestamp(ByteBuffer binary, StringBuilder text) {
        appendTimestamp(binary.getLong(), "", text);
    }

    static void timestampWithZone(ByteBuffer binary, StringBuilder text) {
        appendTimestamp(binary.getLong(), "+00", text);
    }

    private static void appendTimestamp(long micros, String zone, StringBuilder text) {
        if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
            text.append(micros < 0 ? "-infinity" : "infinity");
            return;
        }
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(micros, DAY) + EPOCH_2000);
        appendDate(date, text);
        appendTime(Math.floorMod(micros, DAY), text.append(' '));
        appendEra(date, text.append(zone));
    }

    private static void appendDate(LocalDate date, StringBuilder text) {
        int year = date.getYear() > 0 ? date.getYear() : 1 - date.getYear();
        for (int power = 1000; power > year && power > 1; power /= 10) {
            text.append('0');
        }
        text.append(year).append('-');
        two(date.getMonthValue(), text);
        two(date.getDayOfMonth(), text.append('-'));
    }

    private static void appendEra(LocalDate date, StringBuilder text) {
        if (date.getYear() <= 0) {
            text.append(" BC");
        }
    }

    /** Also for 24:00:00, and for the many hours of an interval. */
    static void appendTime(long micros, StringBuilder text) {
        long hours = micros / HOUR;
        if (hours < 10) {
            text.append('0');
        }
        text.append(hours);
        two((int) (micros % HOUR / MINUTE), text.append(':'));
        two((int) (micros % MINUTE / SECOND), text.append(':'));
        int fraction = (int) (micros % SECOND);
        if (fraction == 0) {
            return;
        }
        text.append('.');
        for (int power = (int) SECOND / 10; fraction > 0; power /= 10) {
            text.append((char) ('0' + fraction / power));
            fraction %= power;
        }
    }

    private static void two(int number, StringBuilder text) {
        text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }
}
