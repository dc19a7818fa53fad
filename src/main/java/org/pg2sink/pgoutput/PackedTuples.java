package org.pg2sink.pgoutput;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Keeps tuples of text in memory by the thousand. They share arrays, and an object of a tuple is made each time that it is asked
 * for, because what the garbage collector does for a tuple that lives for long goes by the number of its objects. Filled by one
 * thread; then for any number of threads.
 */
public final class PackedTuples {

    /** Whoever keeps one tuple keeps all of its block. */
    private static final int BLOCK_BYTES = 1 << 14;
    /** A tuple with more bytes is a block of its own, and is not copied. */
    private static final int MAX_COPIED_BYTES = BLOCK_BYTES / 8;

    private final int columns;
    private final List<Block> blocks = new ArrayList<>();
    private int size;

    /** Holds tuples that follow one another. */
    private static final class Block {

        /** The index of the first tuple. */
        private final int first;

        private final byte[] array;
        private int[] places;
        /** Where the part of each tuple in the array ends. */
        private int[] ends;

        private int count;

        private Block(int first, byte[] array, int columns, int capacity) {
            this.first = first;
            this.array = array;
            this.places = new int[2 * columns * capacity];
            this.ends = new int[capacity];
        }

        private int end() {
            return count == 0 ? 0 : ends[count - 1];
        }

        private void add(Tuple tuple, int end) {
            if (count == ends.length) {
                ends = Arrays.copyOf(ends, 2 * count);
                places = Arrays.copyOf(places, 2 * places.length);
            }
            tuple.copyPlaces(end(), places, 2 * tuple.size() * count);
            ends[count++] = end;
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
        byte[] array = tuple.array();
        if (array.length > MAX_COPIED_BYTES) {
            Block own = new Block(size, array, columns, 1);
            own.add(tuple, array.length);
            blocks.add(own);
        } else {
            Block block = blockFor(array.length);
            System.arraycopy(array, 0, block.array, block.end(), array.length);
            block.add(tuple, block.end() + array.length);
        }
        size++;
    }

    private Block blockFor(int bytes) {
        Block last = blocks.isEmpty() ? null : blocks.get(blocks.size() - 1);
        if (last != null && last.array.length - last.end() >= bytes) {
            return last;
        }
        int capacity = last == null ? 16 : Math.max(16, last.count); // the next tuples are likely to be like these
        Block block = new Block(size, new byte[BLOCK_BYTES], columns, capacity);
        blocks.add(block);
        return block;
    }

    /** Returns the tuple at the 0-based {@code index}. */
    public Tuple get(int index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException(index);
        }
        Block block = blockOf(index);
        int at = index - block.first;
        int begin = at == 0 ? 0 : block.ends[at - 1];
        int[] places = Arrays.copyOfRange(block.places, 2 * columns * at, 2 * columns * (at + 1));
        return Tuple.ofText(block.array, places, block.ends[at] - begin);
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
