package org.pg2sink.types;

/**
 * Prints numeric, which is sent as numbers of 16 bits: the count of its digits to the base 10,000, the weight of the first one,
 * the sign, the number of decimal digits after the point, and the digits, without zeros at either end.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-NUMERIC-DECIMAL">numeric</a>
 */
final class BinaryNumeric {

    private static final int HEADER_BYTES = 8;
    private static final int BASE = 10_000;
    private static final int DECIMALS = 4;
    /** The length of {@code -Infinity}, which is more than that of a sign and a point. */
    private static final int MAX_OTHER_BYTES = 9;

    private static final int NEGATIVE = 0x4000;
    private static final int NOT_A_NUMBER = 0xc000;
    private static final int INFINITY = 0xd000;
    private static final int NEGATIVE_INFINITY = 0xf000;

    private BinaryNumeric() {}

    static long maxTextBytes(byte[] value, int offset, int length) {
        check(value, offset, length);
        int wholeDigits = DECIMALS * (Math.max(0, weight(value, offset)) + 1);
        return wholeDigits + scale(value, offset) + MAX_OTHER_BYTES;
    }

    private static void check(byte[] value, int offset, int length) {
        if (length < HEADER_BYTES || length != HEADER_BYTES + Short.BYTES * count(value, offset)) {
            throw MalformedValueException.binary("numeric");
        }
    }

    private static int count(byte[] value, int offset) {
        return BigEndian.int16(value, offset) & 0xffff;
    }

    private static int weight(byte[] value, int offset) {
        return BigEndian.int16(value, offset + 2);
    }

    private static int sign(byte[] value, int offset) {
        return BigEndian.int16(value, offset + 4) & 0xffff;
    }

    private static int scale(byte[] value, int offset) {
        return BigEndian.int16(value, offset + 6) & 0xffff;
    }

    static int print(byte[] value, int offset, int length, byte[] text, int at) {
        check(value, offset, length);
        return switch (sign(value, offset)) {
            case 0 -> printFinite(value, offset, text, at);
            case NEGATIVE -> {
                text[at] = '-';
                yield printFinite(value, offset, text, at + 1);
            }
            case NOT_A_NUMBER -> BinaryBytes.printAscii("NaN", text, at);
            case INFINITY -> BinaryBytes.printAscii("Infinity", text, at);
            case NEGATIVE_INFINITY -> BinaryBytes.printAscii("-Infinity", text, at);
            default -> throw MalformedValueException.binary("numeric");
        };
    }

    private static int printFinite(byte[] value, int offset, byte[] text, int at) {
        int count = count(value, offset);
        int weight = weight(value, offset);
        int end = Digits.print(weight < 0 ? 0 : digit(value, offset, count, 0), text, at);
        for (int i = 1; i <= weight; i++) {
            end = Digits.padded(digit(value, offset, count, i), DECIMALS, text, end);
        }
        int scale = scale(value, offset);
        if (scale == 0) {
            return end;
        }
        text[end++] = '.';
        int index = weight + 1;
        int left = scale;
        for (; left >= DECIMALS; left -= DECIMALS) {
            end = Digits.padded(digit(value, offset, count, index++), DECIMALS, text, end);
        }
        int last = digit(value, offset, count, index);
        for (int cut = DECIMALS; cut > left; cut--) {
            last = Digits.tenth(last);
        }
        return Digits.padded(last, left, text, end);
    }

    /** Returns the digit at an index from that of the weight on; zero for those that were not sent. */
    private static int digit(byte[] value, int offset, int count, int index) {
        if (index < 0 || index >= count) {
            return 0;
        }
        int digit = BigEndian.int16(value, offset + HEADER_BYTES + Short.BYTES * index);
        if (digit < 0 || digit >= BASE) {
            throw MalformedValueException.binary("numeric");
        }
        return digit;
    }
}
