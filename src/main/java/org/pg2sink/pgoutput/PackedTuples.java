package org.pg2sink.pgoutput;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Keeps tuples of text in memory by the thousand. They share arrays, and an object of a tuple is made each time that it is asked
 * for, because what the garbage collector does for a tuple that lives for long goes by the number of its objects. Filled by one
 * thread; then for any number of threads.
 */
public final class PackedTuples {

    /** Whoever keeps one tuple keeps all of its block. */
    private static final int BLOCK_BYTES = 1 << 14;
    /** A tuple with more bytes keeps the array that it came with. */
    private static final int MAX_COPIED_BYTES = BLOCK_BYTES / 8;

    private static final int MIN_CAPACITY = 8;

    private final int columns;
    private final List<Block> blocks = new ArrayList<>();
    private int size;

    /** Holds tuples that follow one another. Its array has the bytes of all but the large ones. */
    private static final class Block {

        /** The index of the first tuple. */
        private final int first;

        private final byte[] array = new byte[BLOCK_BYTES];
        /** The arrays of large tuples, by their index in the block; null before the first. */
        private byte[][] large;

        private int[] places;
        /** Tells where the part of each tuple in the array ends. */
        private int[] ends;

        private int count;

        private Block(int first, int columns, int capacity) {
            this.first = first;
            this.places = new int[2 * columns * capacity];
            this.ends = new int[capacity];
        }

        private int end() {
            return begin(count);
        }

        private int begin(int index) {
            return index == 0 ? 0 : ends[index - 1];
        }

        private void copy(Tuple tuple) {
            byte[] bytes = tuple.array();
            System.arraycopy(bytes, 0, array, end(), bytes.length);
            add(tuple, end(), bytes.length);
        }

        private void keep(Tuple tuple) {
            large = large == null ? new byte[ends.length][] : large;
            add(tuple, 0, 0);
            large[count - 1] = tuple.array();
        }

        private void add(Tuple tuple, int shift, int bytes) {
            if (count == ends.length) {
                ends = Arrays.copyOf(ends, 2 * count);
                places = Arrays.copyOf(places, 2 * places.length);
                large = large == null ? null : Arrays.copyOf(large, 2 * count);
            }
            tuple.copyPlaces(shift, places, 2 * tuple.size() * count);
            ends[count] = end() + bytes;
            count++;
        }

        private Tuple get(int index, int columns) {
            int[] of = Arrays.copyOfRange(places, 2 * columns * index, 2 * columns * (index + 1));
            if (large != null && large[index] != null) {
                return Tuple.ofText(large[index], of, large[index].length);
            }
            return Tuple.ofText(array, of, ends[index] - begin(index));
        }
    }

    /** @param columns the number of columns of each tuple */
    public PackedTuples(int columns) {
        this.columns = columns;
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
        if (bytes > MAX_COPIED_BYTES) {
            blockFor(0).keep(tuple);
        } else {
            blockFor(bytes).copy(tuple);
        }
        size++;
    }

    private Block blockFor(int bytes) {
        Block last = blocks.isEmpty() ? null : blocks.get(blocks.size() - 1);
        if (last != null && BLOCK_BYTES - last.end() >= bytes) {
            return last;
        }
        int capacity = last == null ? MIN_CAPACITY : last.count; // the next tuples are likely to be like these
        Block block = new Block(size, columns, capacity);
        blocks.add(block);
        return block;
    }

    /** Returns the tuple at the 0-based {@code index}. */
    public Tuple get(int index) {
        Block block = blockOf(Objects.checkIndex(index, size));
        return block.get(index - block.first, columns);
    }

    private Block blockOf(int index) {
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
        size = 0;
    }
}
