package org.pg2sink.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pg2sink.pgoutput.TupleValue.Absent;

class PackedTuplesTest {

    private static final int MANY = 5_000;

    private final PackedTuples packed = new PackedTuples(3);

    private static Tuple tuple(String first, String last) {
        return Tuple.of(Sample.text(first), Absent.NULL, Sample.text(last));
    }

    private void assertHolds(List<Tuple> tuples) {
        assertThat(packed.size()).isEqualTo(tuples.size());
        for (int i = 0; i < tuples.size(); i++) {
            assertThat(packed.get(i)).isEqualTo(tuples.get(i));
            assertThat(packed.get(i).bytes()).isEqualTo(tuples.get(i).bytes());
        }
    }

    @Test
    void eachTupleIsAsItWasAdded() {
        List<Tuple> tuples = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            tuples.add(tuple("é" + i, "x".repeat(i % 50)));
        }
        tuples.forEach(packed::add);
        assertHolds(tuples);
    }

    @Test
    void tuplesOfAnySizeFollowOneAnother() {
        List<Tuple> tuples = new ArrayList<>();
        for (int length : new int[] {0, 3, 100_000, 0, 5, 16_384, 16_000, 2_048, 2_049, 0}) {
            tuples.add(tuple("", "x".repeat(length)));
            tuples.add(Tuple.of(Absent.UNCHANGED, Absent.NULL, Absent.NULL));
        }
        tuples.forEach(packed::add);
        assertHolds(tuples);
    }

    @Test
    void aLargeTupleIsNotCopied() {
        Tuple large = tuple("1", "x".repeat(1_000_000));
        packed.add(large);
        assertThat(packed.get(0).array()).isSameAs(large.array());
    }

    @Test
    void smallTuplesShareABlockAlsoIfLargeOnesAreBetweenThem() {
        Tuple large = tuple("1", "x".repeat(10_000));
        for (int i = 0; i < 100; i++) {
            packed.add(tuple("2", "small"));
            packed.add(large);
        }
        assertThat(packed.get(198).array()).isSameAs(packed.get(0).array());
        assertThat(packed.get(199).array()).isSameAs(large.array());
        assertThat(packed.get(198)).isEqualTo(tuple("2", "small"));
    }

    @Test
    void whatIsClearedCanBeFilledAgain() {
        packed.add(tuple("1", "one"));
        packed.clear();
        assertHolds(List.of());
        packed.add(tuple("2", "two"));
        assertHolds(List.of(tuple("2", "two")));
    }

    @Test
    void tuplesWithoutColumnsAreCounted() {
        PackedTuples empty = new PackedTuples(0);
        empty.add(Tuple.of());
        empty.add(Tuple.of());
        assertThat(empty.size()).isEqualTo(2);
        assertThat(empty.get(1)).isEqualTo(Tuple.of());
    }

    @Test
    void aTupleWithOtherColumnsOrBinaryValuesIsRefused() {
        assertThatThrownBy(() -> packed.add(Tuple.of())).hasMessageStartingWith("expected 3 columns of text");
        assertThatThrownBy(() -> packed.add(Tuple.of(Sample.binary((byte) 1), Absent.NULL, Absent.NULL)))
                .hasMessageStartingWith("expected 3 columns of text");
    }

    @Test
    void thereIsNoTupleBeforeTheFirstAndAfterTheLast() {
        packed.add(tuple("1", "one"));
        assertThatThrownBy(() -> packed.get(1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> packed.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
