package org.pg2sink.bench;

/**
 * What writers do while a contender streams.
 *
 * @param commitsPerSecond how many of them all together are due in a second
 * @param rows how many rows a commit changes
 * @param sql a statement that is committed by itself; its parameter is the number of the commit, from 1
 */
record Load(int commitsPerSecond, int rows, String sql) {

    /** All rows that are inserted have larger ids. */
    static final long IDS = 1_000_000_000;
}
