package org.pg2sink.replication;

/**
 * Tells where a slot stands in the WAL.
 *
 * @param restartLsn where the server begins to decode
 * @param confirmedLsn where the server begins to send what it decoded
 * @param walEnd how far the WAL reaches
 */
record SlotPosition(long restartLsn, long confirmedLsn, long walEnd) {

    /** Returns how many bytes of WAL the server decodes before it reaches anything to send. */
    long redecodedBytes() {
        return confirmedLsn - restartLsn;
    }

    /** Returns how many bytes of WAL the slot has still to send. */
    long remainingBytes() {
        return walEnd - confirmedLsn;
    }
}
