package org.pg2sink.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.pg2sink.pgoutput.TupleValue.Absent;

class TupleTest {

    private static final TupleValue TEXT = Sample.text("1");
    private static final TupleValue BINARY = Sample.binary((byte) 1);

    @Test
    void aTupleTellsWhichColumnIsTheFirstBinaryOne() {
        assertThat(Tuple.of(TEXT, Absent.NULL, BINARY, BINARY).firstBinary()).isEqualTo(2);
        assertThat(Tuple.of(TEXT, Absent.UNCHANGED).firstBinary()).isEqualTo(-1);
    }

    @Test
    void theFirstColumnsOfATupleAreBinaryOnlyIfOneOfThemIs() {
        Tuple tuple = Tuple.of(TEXT, BINARY, TEXT);

        assertThat(tuple.first(1).firstBinary()).isEqualTo(-1);
        assertThat(tuple.first(2).firstBinary()).isEqualTo(1);
    }
}
