package org.pg2sink.types;

import java.nio.ByteBuffer;

/**
 * The binary form of interval: microseconds, days and months. It is printed as {@code EncodeInterval} in the server's
 * datetime.c does it in IntervalStyle postgres.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-INTERVAL-OUTPUT">Interval
 *     output</a>
 */
final class IntervalBinary {

    private final StringBuilder text;
    private final int start;
    private boolean lastWasNegative;

    private IntervalBinary(StringBuilder text) {
        this.text = text;
        this.start = text.length();
    }

    static void print(ByteBuffer binary, StringBuilder text) {
        long micros = binary.getLong();
        int days = binary.getInt();
        int months = binary.getInt();
        if (micros == Long.MAX_VALUE && days == Integer.MAX_VALUE && months == Integer.MAX_VALUE) {
            text.append("infinity");
        } else if (micros == Long.MIN_VALUE && days == Integer.MIN_VALUE && months == Integer.MIN_VALUE) {
            text.append("-infinity");
        } else {
            new IntervalBinary(text).print(months, days, micros);
        }
    }

    private void print(int months, int days, long micros) {
        append(months / 12, "year");
        append(months % 12, "mon");
        append(days, "day");
        if (micros != 0 || text.length() == start) {
            separate();
            if (micros < 0) {
                text.append('-');
            } else if (lastWasNegative) {
                text.append('+');
            }
            DateTimeBinary.appendTime(Math.abs(micros), text);
        }
    }

    /** A part that is zero is left out; one that is positive after a negative one bears its sign. */
    private void append(int number, String unit) {
        if (number == 0) {
            return;
        }
        separate();
        text.append(lastWasNegative && number > 0 ? "+" : "").append(number);
        text.append(' ').append(unit).append(number == 1 ? "" : "s");
        lastWasNegative = number < 0;
    }

    private void separate() {
        if (text.length() > start) {
            text.append(' ');
        }
    }
}
