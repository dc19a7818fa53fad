package org.pg2sink.types;

import java.math.BigInteger;

/** Powers of ten to 126 bits, rounded up: enough to find the digits of any double. Computed once, when first needed. */
final class PowersOfTen {

    private static final int LEAST = -324;
    private static final int MOST = 292;
    private static final int BITS = 126;
    private static final int HALF = BITS / 2;
    private static final long[] HIGH = new long[MOST - LEAST + 1];
    private static final long[] LOW = new long[MOST - LEAST + 1];

    static {
        BigInteger lowMask = BigInteger.ONE.shiftLeft(HALF).subtract(BigInteger.ONE);
        for (int k = LEAST; k <= MOST; k++) {
            BigInteger mantissa = mantissa(k).add(BigInteger.ONE);
            HIGH[k - LEAST] = mantissa.shiftRight(HALF).longValueExact();
            LOW[k - LEAST] = mantissa.and(lowMask).longValueExact();
        }
    }

    private PowersOfTen() {}

    /** The first 126 bits of ten to the power of -k. */
    private static BigInteger mantissa(int k) {
        BigInteger power = BigInteger.TEN.pow(Math.abs(k));
        if (k <= 0) {
            return power.shiftLeft(BITS).shiftRight(power.bitLength());
        }
        return BigInteger.ONE.shiftLeft(BITS - 1 + power.bitLength()).divide(power);
    }

    /** The upper 63 bits of ten to the power of -k. */
    static long high(int k) {
        return HIGH[k - LEAST];
    }

    /** The lower 63 bits of ten to the power of -k. */
    static long low(int k) {
        return LOW[k - LEAST];
    }
}
