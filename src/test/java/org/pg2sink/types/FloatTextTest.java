package org.pg2sink.types;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the server prints was taken from a server. */
class FloatTextTest {

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
    void loses_nothing(@ForAll long bits) {
        double number = Double.longBitsToDouble(bits);
        StringBuilder text = new StringBuilder();
        FloatText.append(number, text);
        assertThat(Double.parseDouble(text.toString())).isEqualTo(Double.valueOf(number));
        assertThat(text.length()).isLessThanOrEqualTo(24);
    }
}
