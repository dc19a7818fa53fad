package org.pg2sink.types;

/**
 * The decimal with the fewest digits that lies closer to a floating-point number than to its neighbours, and of those the
 * closest one. This is Raffaello Giulietti's Schubfach, which newer versions of Java use themselves, but for one thing: as
 * on the server a decimal exactly midway between two numbers belongs to neither.
 *
 * @param digits without zeros at the end
 * @param exponent the power of ten that the last digit counts
 * @see <a href="https://bugs.openjdk.org/browse/JDK-4511638">Double.toString sometimes produces incorrect results</a>
 */
record ShortestDecimal(long digits, int exponent) {

    private static final int DOUBLE_FRACTION = 52;
    private static final int DOUBLE_LEAST_POWER = -1074;
    private static final int FLOAT_FRACTION = 23;
    private static final int FLOAT_LEAST_POWER = -149;
    private static final long MASK = Long.MAX_VALUE;

    /** The decimal of a positive, finite number. */
    static ShortestDecimal of(double number) {
        long bits = Double.doubleToRawLongBits(number);
        return of(
                bits & (1L << DOUBLE_FRACTION) - 1,
                (int) (bits >>> DOUBLE_FRACTION),
                DOUBLE_FRACTION,
                DOUBLE_LEAST_POWER);
    }

    /** The decimal of a positive, finite number. */
    static ShortestDecimal of(float number) {
        int bits = Float.floatToRawIntBits(number);
        return of(bits & (1L << FLOAT_FRACTION) - 1, bits >>> FLOAT_FRACTION, FLOAT_FRACTION, FLOAT_LEAST_POWER);
    }

    private static ShortestDecimal of(long fraction, int biasedPower, int fractionBits, int leastPower) {
        if (biasedPower == 0) {
            return find(fraction, leastPower, false);
        }
        // the neighbour below a power of two is only half as far away
        boolean closeBelow = fraction == 0 && biasedPower > 1;
        return find(fraction | 1L << fractionBits, leastPower + biasedPower - 1, closeBelow);
    }

    /** The decimal of {@code significand * 2^power}. All that is compared is a multiple of a quarter of {@code 10^k}. */
    private static ShortestDecimal find(long significand, int power, boolean closeBelow) {
        long number = significand << 2;
        int k = closeBelow ? floorLog10OfThreeQuartersOfPowerOf2(power) : floorLog10OfPowerOf2(power);
        int shift = power + floorLog2OfPowerOf10(-k) + 2;
        long scaled = scale(number << shift, k);
        long lower = scale(number - (closeBelow ? 1 : 2) << shift, k);
        long upper = scale(number + 2 << shift, k);

        long down = scaled >> 2;
        long shortDown = down / 10 * 10;
        long shortUp = shortDown + 10;
        boolean shortDownFits = shortDown > 0 && lower < shortDown << 2;
        boolean shortUpFits = shortUp << 2 < upper;
        if (shortDownFits || shortUpFits) { // never both
            return stripped(shortDownFits ? shortDown : shortUp, k);
        }
        long up = down + 1;
        boolean downFits = lower < down << 2;
        boolean upFits = up << 2 < upper;
        if (downFits != upFits) {
            return stripped(downFits ? down : up, k);
        }
        long nearer = scaled - (down + up << 1);
        return stripped(nearer < 0 || nearer == 0 && (down & 1) == 0 ? down : up, k);
    }

    private static ShortestDecimal stripped(long digits, int exponent) {
        long stripped = digits;
        int moved = exponent;
        while (stripped % 10 == 0) {
            stripped /= 10;
            moved++;
        }
        return new ShortestDecimal(stripped, moved);
    }

    /** The product with ten to the power of -k, whose last bit is set too if anything was cut off. */
    private static long scale(long number, int k) {
        long high = PowersOfTen.high(k);
        long carried = (high * number >>> 1) + Math.multiplyHigh(PowersOfTen.low(k), number);
        long product = Math.multiplyHigh(high, number) + (carried >>> 63);
        return product | (carried & MASK) + MASK >>> 63;
    }

    // each constant is the logarithm, times the power of two that the product is then divided by

    private static int floorLog10OfPowerOf2(int power) {
        return (int) (power * 661_971_961_083L >> 41);
    }

    private static int floorLog10OfThreeQuartersOfPowerOf2(int power) {
        return (int) (power * 661_971_961_083L - 274_743_187_321L >> 41);
    }

    private static int floorLog2OfPowerOf10(int power) {
        return (int) (power * 913_124_641_741L >> 38);
    }
}
