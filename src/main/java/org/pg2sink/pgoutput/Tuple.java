package org.pg2sink.pgoutput;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.pg2sink.pgoutput.TupleValue.Absent;
import org.pg2sink.pgoutput.TupleValue.Data;
import org.pg2sink.pgoutput.TupleValue.Format;

/**
 * The columns of one row, in the order of its {@link Message.Relation}. Many rows are in memory at a time, so a tuple is no
 * more than the received bytes and where in them each value is; {@link #get} makes an object of a value.
 */
public final class Tuple {

    private final byte[] array;

    /** Two numbers a column: where its value begins, complemented if it is binary; and its length, or what it is instead. */
    private final int[] places;
    /** Tells where its first column is in {@link #places}, which other tuples may share. */
    private final int start;

    private final int columns;
    private final int firstBinary;
    private final int bytes;

    private Tuple(byte[] array, int[] places, int start, int columns, int firstBinary, int bytes) {
        this.array = array;
        this.places = places;
        this.start = start;
        this.columns = columns;
        this.firstBinary = firstBinary;
        this.bytes = bytes;
    }

    /** Collects the columns of one tuple, in their order. */
    public static final class Builder {

        private final int[] places;
        private int next;
        private int firstBinary = -1;

        /** @param columns how many columns will be added */
        public Builder(int columns) {
            this.places = new int[2 * columns];
        }

        /** Adds a value: {@code length} bytes of the array from {@code offset}. */
        public void data(Format format, int offset, int length) {
            if (format == Format.BINARY && firstBinary < 0) {
                firstBinary = next / 2;
            }
            places[next++] = format == Format.TEXT ? offset : ~offset;
            places[next++] = length;
        }

        /** Adds a column without a value. */
        public void absent(Absent absent) {
            places[next++] = 0;
            places[next++] = code(absent);
        }

        /**
         * Returns the tuple and uses up the builder.
         *
         * @param array holds the values; nobody may change it from here on
         */
        public Tuple build(byte[] array) {
            if (next != places.length) {
                throw new IllegalStateException(next / 2 + " of " + places.length / 2 + " columns were added");
            }
            return new Tuple(array, places, 0, places.length / 2, firstBinary, array.length);
        }
    }

    /** Writes the places into {@code to}, as they are if the array begins {@code shift} bytes later. All values are text. */
    void copyPlaces(int shift, int[] to, int index) {
        for (int i = 0; i < 2 * columns; i += 2) {
            to[index + i] = places[start + i] + shift;
            to[index + i + 1] = places[start + i + 1];
        }
    }

    /**
     * Returns a tuple whose values, all of them text, share their array with other tuples, as their places may too.
     *
     * @param places written by {@link #copyPlaces}; for this tuple nobody writes there from here on
     * @param start where those of this tuple begin
     * @param bytes the size of its part of the array
     */
    static Tuple ofText(byte[] array, int[] places, int start, int columns, int bytes) {
        return new Tuple(array, places, start, columns, -1, bytes);
    }

    static int code(Absent absent) {
        return -1 - absent.ordinal();
    }

    /** Returns a tuple of values. They are copied, unless they are in the same array already. */
    public static Tuple of(TupleValue... values) {
        List<Data> present = Arrays.stream(values)
                .filter(Data.class::isInstance)
                .map(Data.class::cast)
                .toList();
        byte[] shared = present.isEmpty() ? null : present.get(0).array();
        return shared != null && present.stream().allMatch(data -> data.array() == shared)
                ? within(shared, values)
                : copied(values);
    }

    /** Returns a tuple of values that are all in one array: a large one would fill the memory with copies. */
    private static Tuple within(byte[] array, TupleValue[] values) {
        Builder tuple = new Builder(values.length);
        for (TupleValue value : values) {
            if (value instanceof Data data) {
                tuple.data(data.format(), data.offset(), data.length());
            } else {
                tuple.absent((Absent) value);
            }
        }
        return tuple.build(array);
    }

    private static Tuple copied(TupleValue[] values) {
        int size = 0;
        for (TupleValue value : values) {
            size += value instanceof Data data ? data.length() : 0;
        }
        byte[] array = new byte[size];
        Builder tuple = new Builder(values.length);
        int end = 0;
        for (TupleValue value : values) {
            if (value instanceof Data data) {
                System.arraycopy(data.array(), data.offset(), array, end, data.length());
                tuple.data(data.format(), end, data.length());
                end += data.length();
            } else {
                tuple.absent((Absent) value);
            }
        }
        return tuple.build(array);
    }

    /** Returns the number of columns that the server sent. */
    public int size() {
        return columns;
    }

    /** Returns the column at the 0-based {@code index}, never null. */
    public TupleValue get(int index) {
        if (hasData(index)) {
            return new Data(format(index), array, offset(index), length(index));
        }
        return is(index, Absent.NULL) ? Absent.NULL : Absent.UNCHANGED;
    }

    /** Returns whether a column has a value of its own. Only then may its format, offset and length be asked for. */
    public boolean hasData(int index) {
        return length(index) >= 0;
    }

    /** Returns whether a column is absent in that way. */
    public boolean is(int index, Absent absent) {
        return length(index) == code(absent);
    }

    /** Returns the form of a column's value. */
    public Format format(int index) {
        return places[place(index)] >= 0 ? Format.TEXT : Format.BINARY;
    }

    /** Returns the index of the first column whose value is binary, or -1 if all values are text. */
    public int firstBinary() {
        return firstBinary;
    }

    /** Returns how many bytes of the array are there for this tuple: all, unless it shares the array with others. */
    public int bytes() {
        return bytes;
    }

    /** Returns the array that holds the values; nobody may change it. */
    public byte[] array() {
        return array;
    }

    /** Returns the offset of a column's value in {@link #array()}. */
    public int offset(int index) {
        int offset = places[place(index)];
        return offset >= 0 ? offset : ~offset;
    }

    /** Returns the length of a column's value in bytes. */
    public int length(int index) {
        return places[place(index) + 1];
    }

    private int place(int index) {
        return start + 2 * Objects.checkIndex(index, columns); // what follows may be another tuple's
    }

    /** Returns the tuple of the first {@code columns} columns. */
    public Tuple first(int columns) {
        Objects.checkFromIndexSize(0, columns, this.columns);
        return new Tuple(array, places, start, columns, firstBinary < columns ? firstBinary : -1, bytes);
    }

    private TupleValue[] values() {
        TupleValue[] values = new TupleValue[size()];
        Arrays.setAll(values, this::get);
        return values;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tuple that && Arrays.equals(values(), that.values());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values());
    }

    @Override
    public String toString() {
        return Arrays.toString(values());
    }
}
