package org.pg2sink.types;

import java.nio.ByteBuffer;

/** The binary form of numeric: digits to the base of ten thousand, {@code numeric_send} in the server's numeric.c. */
final class NumericBinary {

    private static final int DECIMAL_DIGITS = 4;
    private static final int POSITIVE = 0x0000;
    private static final int NEGATIVE = 0x4000;
    private static final int NAN = 0xC000;
    private static final int INFINITY = 0xD000;
    private static final int MINUS_INFINITY = 0xF000;

    private NumericBinary() {}

    static void print(ByteBuffer binary, StringBuilder text) {
        int count = Short.toUnsignedInt(binary.getShort());
        int weight = binary.getShort();
        int sign = Short.toUnsignedInt(binary.getShort());
        int scale = Short.toUnsignedInt(binary.getShort());
        int[] digits = new int[count];
        for (int i = 0; i < count; i++) {
            digits[i] = Short.toUnsignedInt(binary.getShort());
            if (digits[i] > 9999) {
                throw new MalformedValueException("numeric", "binary");
            }
        }
        switch (sign) {
            case NAN -> text.append("NaN");
            case INFINITY -> text.append("Infinity");
            case MINUS_INFINITY -> text.append("-Infinity");
            case POSITIVE -> print(digits, weight, scale, text);
            case NEGATIVE -> print(digits, weight, scale, text.append('-'));
            default -> throw new MalformedValueException("numeric", "binary");
        }
    }

    /** @param weight the power of ten thousand that the first digit counts */
    private static void print(int[] digits, int weight, int scale, StringBuilder text) {
        if (weight < 0) {
            text.append('0');
        } else {
            text.append(digit(digits, 0));
            for (int i = 1; i <= weight; i++) {
                append(digit(digits, i), DECIMAL_DIGITS, text);
            }
        }
        if (scale > 0) {
            text.append('.');
            for (int i = weight + 1, left = scale; left > 0; i++, left -= DECIMAL_DIGITS) {
                append(digit(digits, i), Math.min(left, DECIMAL_DIGITS), text);
            }
        }
    }

    /** Digits that are not sent are zeros, on both sides. */
    private static int digit(int[] digits, int index) {
        return index >= 0 && index < digits.length ? digits[index] : 0;
    }

    private static void append(int digit, int decimals, StringBuilder text) {
        int power = 1000;
        for (int i = 0; i < decimals; i++) {
            text.append((char) ('0' + digit / power % 10));
            power /= 10;
        }
    }
}
