package org.pg2sink.replication;

/**
 * Decides how large the next piece of a backlog is, and when the rest is left to the stream.
 *
 * <ul>
 *   <li>For each piece the server decodes again what lies between the slot's {@code restart_lsn} and its position, and
 *       {@code restart_lsn} advances only now and then. So a piece is as large as what is decoded again for it, within
 *       bounds: with pieces of one size the cost would grow with the square of that distance.
 *   <li>The server limits a piece by messages, because a limit by LSN would cut before a large transaction. So bytes are
 *       converted by the WAL that a message of the previous piece took.
 * </ul>
 *
 * @param backlogBytes the amount of WAL from which it counts as a backlog
 */
record BacklogPlan(long backlogBytes) {

    /** Part of a backlog that is left to the stream: one sixteenth. */
    private static final int STREAMED_PART = 16;

    private static final long MIN_PIECE_BYTES = 16L << 20;
    private static final long MAX_PIECE_BYTES = 256L << 20;
    /** Bounds the time in which a piece is sent, because the snapshot of that statement holds up VACUUM. */
    private static final int MAX_PIECE_SECONDS = 30;
    /** Assumed WAL bytes per message until a piece has been measured. Deliberately high, so that the first piece is small. */
    private static final long ASSUMED_MESSAGE_BYTES = 1024;
    /** Rate at which messages are taken until a piece has been measured. */
    static final double UNKNOWN_RATE = Double.POSITIVE_INFINITY;

    /** The server may always decode this much WAL again, because that takes little time. */
    private static final long MAX_NEGLIGIBLE_BYTES = 64L << 20;
    /** Size of a message from which a system call for each costs less than the temporary file that a piece goes through. */
    private static final int MAX_MESSAGE_BYTES = 1024;

    /** Ratio of WAL decoded again to WAL sent, from which a walsender is faster. */
    private static final int MAX_REDECODED_RATIO = 8;

    /** Returns whether the rest is left to the stream: little remains, or too much would be decoded again. */
    boolean endsAt(SlotPosition position) {
        return position.remainingBytes() <= streamedBytes() || redecodesTooMuch(position);
    }

    /** Returns whether a walsender would be faster, because the server decodes too much again for each piece. */
    static boolean redecodesTooMuch(SlotPosition position) {
        long sentBytes = Math.min(position.remainingBytes(), MAX_PIECE_BYTES);
        return position.redecodedBytes() > Math.max(MAX_NEGLIGIBLE_BYTES, MAX_REDECODED_RATIO * sentBytes);
    }

    /** Returns whether a walsender would be faster, because the messages are wide. */
    static boolean isWide(long messageBytes) {
        return messageBytes > MAX_MESSAGE_BYTES;
    }

    /** Returns how many messages the first piece has at most. */
    long firstPieceMessages(SlotPosition position) {
        return pieceMessages(position, ASSUMED_MESSAGE_BYTES, UNKNOWN_RATE);
    }

    /**
     * Returns how many messages a piece has at most, at least one. The server adds what completes the last transaction.
     *
     * @param position where the piece begins
     * @param messageBytes WAL bytes per message, as measured with the previous piece; more than 0
     * @param messagesPerSecond how fast the latest piece was taken
     */
    long pieceMessages(SlotPosition position, long messageBytes, double messagesPerSecond) {
        long bytes = Math.max(minPieceBytes(), Math.min(position.redecodedBytes(), MAX_PIECE_BYTES));
        long maxMessages = (long) (messagesPerSecond * MAX_PIECE_SECONDS);
        return Math.max(1, Math.min(bytes / messageBytes, maxMessages));
    }

    /**
     * Measures the WAL bytes per message of a piece.
     *
     * @param start where the piece began
     * @param end where it ended
     * @param messages how many messages it was to have
     * @return more than 0
     */
    static long messageBytes(SlotPosition start, SlotPosition end, long messages) {
        return Math.max(1, end.confirmedLsn().bytesSince(start.confirmedLsn()) / messages);
    }

    private long streamedBytes() {
        return backlogBytes / STREAMED_PART;
    }

    private long minPieceBytes() {
        return Math.min(streamedBytes(), MIN_PIECE_BYTES);
    }
}
