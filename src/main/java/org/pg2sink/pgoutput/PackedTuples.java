package org.pg2sink.pgoutput;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.pg2sink.pgoutput.TupleValue.Absent;

/**
 * Keeps tuples of text in memory by the thousand. They share arrays, and an object of a tuple is made each time that it is asked
 * for, because what the garbage collector does for a tuple that lives for long goes by the number of its objects. Filled by one
 * thread; then for any number of threads.
 *
 * <p>Whoever makes the text of a small tuple can write it straight to where it stays: {@link #begin}, then {@link #text} or
 * {@link #absent} for each column, then {@link #end}. A tuple that was not ended is forgotten.
 */
public final class PackedTuples {

    /** Bounds the text of a block. Whoever keeps one tuple keeps all of its block, also where the values of the others are. */
    private static final int BLOCK_BYTES = 1 << 14;

    /** The most bytes of a tuple that is in an array with others. One with more keeps the array that it came with. */
    public static final int MAX_SHARED_BYTES = BLOCK_BYTES / 8;

    private static final int MIN_CAPACITY = 8;

    private final int columns;
    private final List<Block> blocks = new ArrayList<>();
    /** The one that takes the next tuple; null before the first. */
    private Block last;

    private int size;

    /** Holds tuples that follow one another. Its array has the bytes of all but the large ones. */
    private static final class Block {

        /** The index of the first tuple. */
        private final int first;

        private final int columns;
        private final byte[] array = new byte[BLOCK_BYTES];
        /** The arrays of large tuples, by their index in the block; null before the first. */
        private byte[][] large;

        private int[] places;
        /** Tells where the part of each tuple in the array ends. */
        private int[] ends;

        private int count;
        /** Tells where the tuple that is written has its next value. */
        private int position;
        /** Tells where the place of that value goes. */
        private int place;
        /** Tells where its text ends at the latest. */
        private int limit;

        private Block(int first, int columns, int capacity) {
            this.first = first;
            this.columns = columns;
            this.places = new int[2 * columns * capacity];
            this.ends = new int[capacity];
        }

        private int end() {
            return beginOf(count);
        }

        private int beginOf(int index) {
            return index == 0 ? 0 : ends[index - 1];
        }

        private void copy(Tuple tuple) {
            byte[] bytes = tuple.array();
            System.arraycopy(bytes, 0, array, end(), bytes.length);
            grow();
            tuple.copyPlaces(end(), places, 2 * columns * count);
            add(bytes.length);
        }

        private void keep(Tuple tuple) {
            grow();
            large = large == null ? new byte[ends.length][] : large;
            large[count] = tuple.array();
            tuple.copyPlaces(0, places, 2 * columns * count);
            add(0);
        }

        private void open(int maxBytes) {
            grow();
            position = end();
            place = 2 * columns * count;
            limit = position + maxBytes;
        }

        private void column(int length) {
            places[place++] = position;
            places[place++] = length;
            position += Math.max(0, length);
        }

        /** Makes room for another tuple. Tuples that were made keep the arrays that were there. */
        private void grow() {
            if (count == ends.length) {
                ends = Arrays.copyOf(ends, 2 * count);
                places = Arrays.copyOf(places, 2 * places.length);
                large = large == null ? null : Arrays.copyOf(large, 2 * count);
            }
        }

        private void add(int bytes) {
            ends[count] = end() + bytes;
            count++;
        }

        private Tuple get(int index) {
            boolean isLarge = large != null && large[index] != null;
            byte[] bytes = isLarge ? large[index] : array;
            int length = isLarge ? bytes.length : ends[index] - beginOf(index);
            return Tuple.ofText(bytes, places, 2 * columns * index, columns, length);
        }
    }

    /** @param columns the number of columns of each tuple */
    public PackedTuples(int columns) {
        this.columns = columns;
    }

    /** Returns the number of columns of each tuple. */
    public int columns() {
        return columns;
    }

    public int size() {
        return size;
    }

    /**
     * Adds a tuple to the end.
     *
     * @param tuple the only one whose values are in its array, which nobody may change from here on
     */
    public void add(Tuple tuple) {
        if (tuple.size() != columns || tuple.firstBinary() >= 0) {
            throw new IllegalArgumentException("expected " + columns + " columns of text, but there is " + tuple);
        }
        int bytes = tuple.array().length;
        if (bytes > MAX_SHARED_BYTES) {
            blockFor(0).keep(tuple);
        } else {
            blockFor(bytes).copy(tuple);
        }
        size++;
    }

    /**
     * Begins a tuple whose text the caller writes to the array that is returned, each value to {@link #position}.
     *
     * @param maxBytes the most that it may have, not more than {@link #MAX_SHARED_BYTES}
     */
    public byte[] begin(int maxBytes) {
        if (maxBytes > MAX_SHARED_BYTES) {
            throw new IllegalArgumentException(maxBytes + " bytes are too many for an array that tuples share");
        }
        Block block = blockFor(maxBytes);
        block.open(maxBytes);
        return block.array;
    }

    /** Returns where in the array the value of the next column begins. */
    public int position() {
        return last.position;
    }

    /** Takes a value that was written to {@link #position}, and has {@code length} bytes. */
    public void text(int length) {
        last.column(length);
    }

    /** Takes a column without a value. */
    public void absent(Absent absent) {
        last.column(Tuple.code(absent));
    }

    /** Adds the tuple that was begun, and has all of its columns. */
    public void end() {
        int missing = 2 * columns * (last.count + 1) - last.place;
        if (missing != 0) {
            throw new IllegalStateException((columns - missing / 2) + " of " + columns + " columns were added");
        }
        if (last.position > last.limit) {
            throw new IllegalStateException(
                    "the text is " + (last.position - last.limit) + " bytes longer than the most that it may have");
        }
        last.add(last.position - last.end());
        size++;
    }

    private Block blockFor(int bytes) {
        if (last == null || BLOCK_BYTES - last.end() < bytes) {
            int capacity = last == null ? MIN_CAPACITY : last.count; // the next tuples are likely to be like these
            last = new Block(size, columns, capacity);
            blocks.add(last);
        }
        return last;
    }

    /** Returns the tuple at the 0-based {@code index}. */
    public Tuple get(int index) {
        Block block = blockOf(Objects.checkIndex(index, size));
        return block.get(index - block.first);
    }

    private Block blockOf(int index) {
        if (index >= last.first) {
            return last;
        }
        int low = 0;
        int high = blocks.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (blocks.get(middle).first <= index) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return blocks.get(low);
    }

    /** Forgets all tuples. */
    public void clear() {
        blocks.clear();
        last = null;
        size = 0;
    }
}
