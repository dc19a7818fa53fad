package org.pg2sink.stream;

import java.time.ZoneId;

/**
 * Says how a stream is read and delivered. The options of the endpoint, checked.
 *
 * @param batching whether several entries are delivered together
 * @param batchSize at how many entries, of all tables together, batches are delivered
 * @param batchBytes at how many bytes of rows, of all tables together, batches are delivered
 * @param batchTimeoutMillis how long the first entry of a batch waits for others, even if the target is idle
 * @param maxInFlight how many deliveries may be unfinished
 * @param lanes on how many threads entries are delivered beside each other
 * @param announceSchemas whether a schema is delivered before the first change that needs it
 * @param confirm whether the slot follows what was delivered
 * @param catchUp whether a large backlog is read by SQL
 * @param catchUpBytes how much unconfirmed WAL is a large backlog
 * @param zone the time zone of timestamps
 */
public record StreamOptions(
        boolean batching,
        int batchSize,
        long batchBytes,
        long batchTimeoutMillis,
        int maxInFlight,
        int lanes,
        boolean announceSchemas,
        boolean confirm,
        boolean catchUp,
        long catchUpBytes,
        ZoneId zone) {}
