package org.pg2sink.imports;

/**
 * Says how much of a table to read. What comes first ends the read.
 *
 * @param rows the maximum number of rows
 * @param blocks the number of blocks, where rows are read by their places; 0 to let the statistics of the table decide
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
