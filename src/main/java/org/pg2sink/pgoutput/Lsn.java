package org.pg2sink.pgoutput;

import java.util.Locale;

/**
 * A position in the WAL: a log sequence number, which is an unsigned 64-bit count of bytes.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-pg-lsn.html">pg_lsn Type</a>
 */
public record Lsn(long value) implements Comparable<Lsn> {

    /** Stands for no position; no record of the WAL begins there. */
    public static final Lsn ZERO = new Lsn(0);

    private static final int HALF_BITS = 32;
    private static final long LOWER_HALF = 0xffff_ffffL;
    private static final int HEXADECIMAL = 16;

    /**
     * Reads an LSN as Postgres prints it: {@code 16/B374D848}.
     *
     * @throws IllegalArgumentException if the text is something else
     */
    public static Lsn parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("An LSN looks like 16/B374D848, but this is '" + text + "'");
        }
        long upper = Integer.parseUnsignedInt(text, 0, slash, HEXADECIMAL);
        long lower = Integer.toUnsignedLong(Integer.parseUnsignedInt(text, slash + 1, text.length(), HEXADECIMAL));
        return new Lsn(upper << HALF_BITS | lower);
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    public boolean isAfter(Lsn other) {
        return compareTo(other) > 0;
    }

    /** Returns the later of two positions. */
    public Lsn max(Lsn other) {
        return isAfter(other) ? this : other;
    }

    /** Returns how many bytes of WAL lie between an earlier position and this one; negative if the other is later. */
    public long bytesSince(Lsn earlier) {
        return value - earlier.value;
    }

    /** Returns the LSN as Postgres prints it: {@code 16/B374D848}. */
    @Override
    public String toString() {
        return (Long.toHexString(value >>> HALF_BITS) + "/" + Long.toHexString(value & LOWER_HALF))
                .toUpperCase(Locale.ROOT);
    }
}
