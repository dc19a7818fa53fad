package org.pg2sink.types;

/**
 * Prints floating-point numbers as the server does, {@code float8out} in float.c: with the fewest digits that tell the
 * number from all others. Java 17's own {@code Double.toString} has a digit too many at times.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-FLOAT">Floating-point types</a>
 */
final class FloatText {

    /** From ten to this power on the server writes an exponent; so many digits survive being stored. */
    private static final int FLOAT_DIGITS = 6;

    private static final int DOUBLE_DIGITS = 15;
    private static final int LEAST_EXPONENT = -4;

    private FloatText() {}

    static void append(float number, StringBuilder text) {
        if (!appendSpecial(number, text)) {
            append(ShortestDecimal.of(Math.abs(number)), FLOAT_DIGITS, text);
        }
    }

    static void append(double number, StringBuilder text) {
        if (!appendSpecial(number, text)) {
            append(ShortestDecimal.of(Math.abs(number)), DOUBLE_DIGITS, text);
        }
    }

    /** Writes the sign, and all of what is not a positive, finite number; true if nothing is left to write. */
    private static boolean appendSpecial(double number, StringBuilder text) {
        if (Double.isNaN(number)) {
            text.append("NaN");
            return true;
        }
        if (number < 0 || 1 / number < 0) {
            text.append('-');
        }
        if (Double.isInfinite(number)) {
            text.append("Infinity");
            return true;
        }
        if (number == 0) {
            text.append('0');
            return true;
        }
        return false;
    }

    private static void append(ShortestDecimal decimal, int digitsWithoutExponent, StringBuilder text) {
        int start = text.length();
        int digits = text.append(decimal.digits()).length() - start;
        int exponent = digits - 1 + decimal.exponent();
        if (exponent < LEAST_EXPONENT || exponent >= digitsWithoutExponent) {
            if (digits > 1) {
                text.insert(start + 1, '.');
            }
            int power = Math.abs(exponent);
            text.append(exponent < 0 ? "e-" : "e+")
                    .append(power < 10 ? "0" : "")
                    .append(power);
        } else if (exponent < 0) {
            text.insert(start, "0.0000", 0, 1 - exponent);
        } else if (decimal.exponent() < 0) {
            text.insert(start + 1 + exponent, '.');
        } else {
            text.append("0".repeat(decimal.exponent()));
        }
    }
}
