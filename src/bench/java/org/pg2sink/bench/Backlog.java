package org.pg2sink.bench;

import org.postgresql.replication.LogSequenceNumber;

/** What there is before a contender begins: that many rows, which lie between two positions of the WAL. */
record Backlog(Workload workload, long rows, LogSequenceNumber start, LogSequenceNumber end) {

    /** Whether an LSN is beyond the middle. */
    boolean isSecondHalf(long lsn) {
        return lsn >= start.asLong() + (end.asLong() - start.asLong()) / 2;
    }
}
