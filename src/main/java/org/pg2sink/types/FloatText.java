package org.pg2sink.types;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Prints floating-point numbers as the server does: with the fewest digits that lie closer to the number than to any
 * other, never exactly midway between two. Java 17's own {@code Double.toString} has a digit too many at times.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-FLOAT">Floating-point types</a>
 */
final class FloatText {

    private static final BigDecimal HALF = new BigDecimal("0.5");
    /** So many digits survive being stored; the server writes no exponent for numbers below ten to this power. */
    private static final int FLOAT_DIGITS = 6;

    private static final int DOUBLE_DIGITS = 15;

    private FloatText() {}

    static void append(float number, StringBuilder text) {
        if (appendSpecial(number, text)) {
            return;
        }
        float size = Math.abs(number);
        boolean subnormal = size < Float.MIN_NORMAL;
        BigDecimal below = gap(size - (double) Math.nextDown(size));
        BigDecimal above = gap(Math.ulp(size));
        print(shortest(new BigDecimal(size), below, above, subnormal ? 1 : FLOAT_DIGITS), FLOAT_DIGITS, text);
    }

    static void append(double number, StringBuilder text) {
        if (appendSpecial(number, text)) {
            return;
        }
        double size = Math.abs(number);
        boolean subnormal = size < Double.MIN_NORMAL;
        BigDecimal below = gap(size - Math.nextDown(size));
        BigDecimal above = gap(Math.ulp(size));
        print(shortest(new BigDecimal(size), below, above, subnormal ? 1 : DOUBLE_DIGITS), DOUBLE_DIGITS, text);
    }

    /** Half the way to the neighbour: what lies nearer belongs to the number. */
    private static BigDecimal gap(double distance) {
        return new BigDecimal(distance).multiply(HALF);
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

    private static BigDecimal shortest(BigDecimal exact, BigDecimal below, BigDecimal above, int fewestDigits) {
        for (int digits = fewestDigits; ; digits++) {
            BigDecimal down = exact.round(new MathContext(digits, RoundingMode.DOWN));
            BigDecimal tooLow = exact.subtract(down);
            if (tooLow.signum() == 0) {
                return down;
            }
            BigDecimal up = exact.round(new MathContext(digits, RoundingMode.UP));
            BigDecimal tooHigh = up.subtract(exact);
            boolean downFits = tooLow.compareTo(below) < 0;
            boolean upFits = tooHigh.compareTo(above) < 0;
            if (downFits && upFits) {
                int nearer = tooLow.compareTo(tooHigh);
                boolean even = !down.unscaledValue().testBit(0);
                return nearer < 0 || nearer == 0 && even ? down : up;
            }
            if (downFits || upFits) {
                return downFits ? down : up;
            }
        }
    }

    private static void print(BigDecimal number, int digitsWithoutExponent, StringBuilder text) {
        BigDecimal stripped = number.stripTrailingZeros();
        String digits = stripped.unscaledValue().toString();
        int exponent = digits.length() - 1 - stripped.scale();
        if (exponent >= -4 && exponent < digitsWithoutExponent) {
            text.append(stripped.toPlainString());
            return;
        }
        text.append(digits.charAt(0));
        if (digits.length() > 1) {
            text.append('.').append(digits, 1, digits.length());
        }
        int power = Math.abs(exponent);
        text.append(exponent < 0 ? "e-" : "e+").append(power < 10 ? "0" : "").append(power);
    }
}
