package org.pg2sink.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LsnTest {

    private static final Lsn FIRST = Lsn.parse("16/B374D848");
    private static final Lsn LAST = Lsn.parse("FFFFFFFF/FFFFFFFF");

    @ParameterizedTest
    @ValueSource(strings = {"0/0", "0/1", "16/B374D848", "7FFFFFFF/FFFFFFFF", "80000000/0", "FFFFFFFF/FFFFFFFF"})
    void itPrintsAndReadsAsPostgresDoes(String text) {
        assertThat(Lsn.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "16", "16-B374D848", "16/", "/1", "100000000/0", "x/y"})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> Lsn.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void itIsUnsigned() {
        assertThat(LAST.isAfter(FIRST)).isTrue();
        assertThat(FIRST.isAfter(LAST)).isFalse();
        assertThat(FIRST.isAfter(FIRST)).isFalse();
        assertThat(LAST).isGreaterThan(FIRST);
    }

    @Test
    void theLaterOfTwoIsTheirMaximum() {
        assertThat(FIRST.max(LAST)).isEqualTo(LAST);
        assertThat(LAST.max(FIRST)).isEqualTo(LAST);
    }

    @Test
    void aDistanceIsInBytes() {
        assertThat(new Lsn(FIRST.value() + 10).bytesSince(FIRST)).isEqualTo(10);
        assertThat(FIRST.bytesSince(new Lsn(FIRST.value() + 10))).isEqualTo(-10);
    }
}
