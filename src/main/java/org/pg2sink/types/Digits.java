package org.pg2sink.types;

/** Prints whole numbers in decimal digits, without an object for each. */
final class Digits {

    /** The most bytes that a long has. */
    static final int MAX_BYTES = 20;

    private static final int BILLION = 1_000_000_000;
    private static final int BILLION_DIGITS = 9;

    private Digits() {}

    /** Writes a number to {@code text} from {@code at} on, and returns where it ends. */
    static int print(long value, byte[] text, int at) {
        if (value < 0) {
            text[at] = '-';
            return value == Long.MIN_VALUE ? printSmallest(text, at + 1) : print(-value, text, at + 1);
        }
        if (value < BILLION) {
            return print((int) value, text, at);
        }
        long upper = value / BILLION;
        return padded((int) (value - upper * BILLION), BILLION_DIGITS, text, print(upper, text, at));
    }

    /** Writes the digits of the one number that has no positive one. */
    private static int printSmallest(byte[] text, int at) {
        return padded(775_808, 6, text, print(9_223_372_036_854L, text, at));
    }

    private static int print(int value, byte[] text, int at) {
        int count = 1;
        for (int limit = 10; count < BILLION_DIGITS && value >= limit; limit *= 10) {
            count++;
        }
        return padded(value, count, text, at);
    }

    /** Writes the last {@code count} digits of a number that is not negative, with zeros before it, and returns where they end. */
    static int padded(int value, int count, byte[] text, int at) {
        int rest = value;
        for (int i = at + count - 1; i >= at; i--) {
            int tenth = tenth(rest);
            text[i] = (byte) ('0' + rest - 10 * tenth);
            rest = tenth;
        }
        return at + count;
    }

    /** Writes two digits of a number below a hundred, and returns where they end. */
    static int two(int value, byte[] text, int at) {
        int tens = tenth(value);
        text[at] = (byte) ('0' + tens);
        text[at + 1] = (byte) ('0' + value - 10 * tens);
        return at + 2;
    }

    /** Divides by ten with a multiplication, since an import is over before the best compiler has found out that this is faster. */
    static int tenth(int value) {
        return (int) (value * 0xcccccccdL >>> 35);
    }
}
