package org.pg2sink.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
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

    /** Writes a tuple as {@link #tuple} returns it straight to where it stays. */
    private void write(String first, String last) {
        byte[] text = packed.begin(PackedTuples.MAX_SHARED_BYTES);
        write(first, text);
        packed.absent(Absent.NULL);
        write(last, text);
        packed.end();
    }

    private void write(String value, byte[] text) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, text, packed.position(), bytes.length);
        packed.text(bytes.length);
    }

    @Test
    void aTupleCanBeWrittenStraightToWhereItStays() {
        List<Tuple> tuples = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            Tuple large = tuple("large", "x".repeat(3_000 + i));
            tuples.add(tuple("é" + i, "x".repeat(i % 50)));
            write("é" + i, "x".repeat(i % 50));
            if (i % 500 == 0) {
                tuples.add(large);
                packed.add(large);
            }
        }
        assertHolds(tuples);
    }

    @Test
    void aTupleIsTheSameWhateverIsAddedLater() {
        write("1", "one");
        Tuple first = packed.get(0);
        for (int i = 0; i < MANY; i++) {
            write("2", "two");
        }
        assertThat(first).isEqualTo(tuple("1", "one"));
    }

    @Test
    void aTupleThatWasNotEndedIsForgotten() {
        write("1", "one");
        write("forgotten", packed.begin(100));
        write("2", "two");
        assertHolds(List.of(tuple("1", "one"), tuple("2", "two")));
    }

    @Test
    void aTupleThatLacksAColumnIsRefused() {
        write("1", packed.begin(100));
        assertThatThrownBy(packed::end).hasMessage("1 of 3 columns were added");
    }

    @Test
    void aTupleWithMoreTextThanAnnouncedIsRefused() {
        byte[] text = packed.begin(3);
        write("1", text);
        packed.absent(Absent.NULL);
        write("two", text);
        assertThatThrownBy(packed::end).hasMessage("the text is 1 bytes longer than the most that it may have");
        assertThatThrownBy(() -> packed.begin(PackedTuples.MAX_SHARED_BYTES + 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTupleHasNoColumnOfTheNextOne() {
        write("1", "one");
        write("2", "two");
        Tuple first = packed.get(0);
        assertThatThrownBy(() -> first.length(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> first.offset(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> first.first(4)).isInstanceOf(IndexOutOfBoundsException.class);
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
