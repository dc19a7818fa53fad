package org.pg2sink.imports;

/**
 * Sums up the import jobs of a subscription.
 *
 * @param active how many are worked on, or wait for their turn
 * @param retrying how many are tried again because the latest try failed
 * @param paused how many somebody paused
 * @param completed how many have delivered all rows
 * @param failed how many cannot go on
 * @param rowsLeft how many rows are still to be imported, by the server's estimates
 * @param trouble what keeps one of them from going on and what to do about it, in a sentence; null if all go on
 */
public record JobSummary(
        long active, long retrying, long paused, long completed, long failed, long rowsLeft, String trouble) {}
