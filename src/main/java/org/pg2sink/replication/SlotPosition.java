package org.pg2sink.replication;

import org.pg2sink.pgoutput.Lsn;

/**
 * Tells where a slot stands in the WAL.
 *
 * @param restartLsn where the server begins to decode
 * @param confirmedLsn where the server begins to send what it decoded
 * @param walEnd how far the WAL reaches
 */
record SlotPosition(Lsn restartLsn, Lsn confirmedLsn, Lsn walEnd) {

    /** Returns how many bytes of WAL the server decodes before it reaches anything to send. */
    long redecodedBytes() {
        return confirmedLsn.bytesSince(restartLsn);
    }

    /** Returns how many bytes of WAL the slot has still to send. */
    long remainingBytes() {
        return walEnd.bytesSince(confirmedLsn);
    }
}
