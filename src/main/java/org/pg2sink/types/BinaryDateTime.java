package org.pg2sink.types;

import java.time.LocalDate;

/**
 * Prints dates and times in DateStyle ISO and TimeZone UTC. They are sent as the number of days or microseconds since
 * 2000-01-01, or since midnight.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-datetime.html">Date/time types</a>
 */
final class BinaryDateTime {

    /** The length of {@code 5874897-12-31 BC}, and some more for years that no type has. */
    static final int MAX_DATE_BYTES = 18;

    static final int MAX_TIME_BYTES = "23:59:59.999999".length();
    static final int MAX_BYTES = MAX_DATE_BYTES + " ".length() + MAX_TIME_BYTES + "+00".length();

    private static final int SECOND_MICROS = 1_000_000;
    private static final long DAY_MICROS = 24 * 60 * 60 * (long) SECOND_MICROS;
    private static final int FRACTION_DIGITS = 6;
    private static final long FIRST_DAY = LocalDate.of(2000, 1, 1).toEpochDay();

    private BinaryDateTime() {}

    static int printDate(int days, byte[] text, int at) {
        if (days == Integer.MAX_VALUE || days == Integer.MIN_VALUE) {
            return printInfinity(days < 0, text, at);
        }
        LocalDate date = LocalDate.ofEpochDay(FIRST_DAY + days);
        return printEra(date, text, printDate(date, text, at));
    }

    static int printTimestamp(long micros, boolean zone, byte[] text, int at) {
        if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
            return printInfinity(micros < 0, text, at);
        }
        long days = Math.floorDiv(micros, DAY_MICROS);
        LocalDate date = LocalDate.ofEpochDay(FIRST_DAY + days);
        int end = printDate(date, text, at);
        text[end++] = ' ';
        end = printTime(micros - days * DAY_MICROS, text, end);
        if (zone) {
            text[end++] = '+';
            text[end++] = '0';
            text[end++] = '0';
        }
        return printEra(date, text, end);
    }

    private static int printDate(LocalDate date, byte[] text, int at) {
        int year = date.getYear() > 0 ? date.getYear() : 1 - date.getYear();
        int end = year < 10_000 ? Digits.padded(year, 4, text, at) : Digits.print(year, text, at);
        text[end++] = '-';
        end = Digits.two(date.getMonthValue(), text, end);
        text[end++] = '-';
        return Digits.two(date.getDayOfMonth(), text, end);
    }

    /** Writes that a year is before the first one of the common era, if it is. */
    private static int printEra(LocalDate date, byte[] text, int at) {
        return date.getYear() > 0 ? at : BinaryBytes.printAscii(" BC", text, at);
    }

    static int printTime(long micros, byte[] text, int at) {
        if (micros < 0 || micros > DAY_MICROS) { // midnight is also the end of a day
            throw MalformedValueException.binary("time without time zone");
        }
        int seconds = (int) (micros / SECOND_MICROS);
        int fraction = (int) (micros - (long) seconds * SECOND_MICROS);
        int minutes = seconds / 60;
        int hours = minutes / 60;
        int end = Digits.two(hours, text, at);
        text[end++] = ':';
        end = Digits.two(minutes - 60 * hours, text, end);
        text[end++] = ':';
        end = Digits.two(seconds - 60 * minutes, text, end);
        if (fraction == 0) {
            return end;
        }
        text[end++] = '.';
        end = Digits.padded(fraction, FRACTION_DIGITS, text, end);
        while (text[end - 1] == '0') {
            end--;
        }
        return end;
    }

    private static int printInfinity(boolean negative, byte[] text, int at) {
        return BinaryBytes.printAscii(negative ? "-infinity" : "infinity", text, at);
    }
}
