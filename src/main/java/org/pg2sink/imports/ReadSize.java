package org.pg2sink.imports;

/**
 * Says how much of a table to read.
 *
 * @param rows the maximum number of rows
 * @param blocks the number of blocks that are thought to have no more rows, where rows are read by their places; 0 if nobody
 *     knows, so that the rows are counted
 */
record ReadSize(int rows, int blocks) {

    ReadSize {
        if (rows < 1 || blocks < 0) {
            throw new IllegalArgumentException("rows " + rows + ", blocks " + blocks);
        }
    }

    /** Returns the same number of rows, counted while they are read. */
    ReadSize counted() {
        return new ReadSize(rows, 0);
    }
}
