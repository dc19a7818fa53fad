package org.pg2sink.pgoutput;

import java.util.Arrays;

/** The columns of one row, in the order of its {@link Message.Relation}. */
public final class Tuple {

    private final TupleValue[] values;

    /** @param values the columns; the array is owned by the tuple from here on */
    public Tuple(TupleValue... values) {
        this.values = values;
    }

    /** How many columns the server sent. */
    public int size() {
        return values.length;
    }

    /** The column at the 0-based {@code index}, never null. */
    public TupleValue get(int index) {
        return values[index];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tuple that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return Arrays.toString(values);
    }
}
