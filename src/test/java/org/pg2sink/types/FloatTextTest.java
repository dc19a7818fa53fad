package org.pg2sink.types;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the server prints was taken from a server. */
class FloatTextTest {

    private static final BigDecimal HALF = new BigDecimal("0.5");

    @ParameterizedTest
    @CsvSource({
        "1e20, 1e+20",
        "1e-5, 1e-05",
        "0.0001, 0.0001",
        "123456789012345680, 1.2345678901234568e+17",
        "999999999999999, 999999999999999",
        "1e15, 1e+15",
        "5e-324, 5e-324",
        "1e23, 9.999999999999999e+22",
        "9007199254740993, 9.007199254740992e+15",
        "2e-44, 2e-44",
        "-0.0, -0",
        "NaN, NaN",
        "-Infinity, -Infinity"
    })
    void prints_double_precision_as_the_server_does(double number, String expected) {
        StringBuilder text = new StringBuilder();
        FloatText.append(number, text);
        assertThat(text).hasToString(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "1e20, 1e+20",
        "123456, 123456",
        "1234567, 1.234567e+06",
        "16777216, 1.6777216e+07",
        "0.1, 0.1",
        "1e-45, 1e-45"
    })
    void prints_real_as_the_server_does(float number, String expected) {
        StringBuilder text = new StringBuilder();
        FloatText.append(number, text);
        assertThat(text).hasToString(expected);
    }

    @Property(tries = 20_000)
    void prints_the_shortest_decimal_within_half_the_way_to_the_neighbours(@ForAll long bits) {
        double number = Double.longBitsToDouble(bits);
        Assume.that(Double.isFinite(number) && number > 0);
        BigDecimal below = new BigDecimal(number - Math.nextDown(number)).multiply(HALF);
        BigDecimal above = new BigDecimal(Math.ulp(number)).multiply(HALF);

        assertThat(value(ShortestDecimal.of(number)))
                .isEqualByComparingTo(shortest(new BigDecimal(number), below, above));
    }

    @Property(tries = 20_000)
    void does_so_for_real_too(@ForAll int bits) {
        float number = Float.intBitsToFloat(bits);
        Assume.that(Float.isFinite(number) && number > 0);
        BigDecimal below = new BigDecimal(number - Math.nextDown(number)).multiply(HALF);
        BigDecimal above = new BigDecimal(Math.ulp(number)).multiply(HALF);

        assertThat(value(ShortestDecimal.of(number)))
                .isEqualByComparingTo(shortest(new BigDecimal(number), below, above));
    }

    @Test
    void does_so_at_every_power_of_two_and_of_ten() {
        for (int power = -1074; power < 1024; power++) {
            double two = Math.scalb(1.0, power);
            double ten = Double.parseDouble("1e" + power / 4);
            for (double number : new double[] {two, Math.nextUp(two), ten, Math.nextUp(ten), 3 * two}) {
                if (Double.isFinite(number)) {
                    prints_the_shortest_decimal_within_half_the_way_to_the_neighbours(Double.doubleToLongBits(number));
                }
            }
        }
    }

    private static BigDecimal value(ShortestDecimal decimal) {
        assertThat(decimal.digits() % 10).isNotZero();
        return BigDecimal.valueOf(decimal.digits(), -decimal.exponent());
    }

    /** The definition, plainly. */
    private static BigDecimal shortest(BigDecimal exact, BigDecimal below, BigDecimal above) {
        for (int digits = 1; ; digits++) {
            BigDecimal down = exact.round(new MathContext(digits, RoundingMode.DOWN));
            BigDecimal up = exact.round(new MathContext(digits, RoundingMode.UP));
            BigDecimal tooLow = exact.subtract(down);
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
}
