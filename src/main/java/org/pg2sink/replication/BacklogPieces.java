package org.pg2sink.replication;

import java.sql.SQLException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/**
 * Has the server decode a backlog piece by piece. The server decodes a whole piece into a temporary file before it sends any
 * of it, so two copies of the slot take turns: while a piece is read from one, the server decodes the next for the other.
 *
 * <p>The reading thread calls all methods but {@link #cancel} and {@link #abort}. A thread of the executor waits for each
 * piece that is decoded ahead; until that piece is there, only that thread uses the piece's copy of the slot.
 */
final class BacklogPieces {

    private final SlotCopy first;
    private final SlotCopy second;
    private final BacklogPlan plan;
    private final Executor executor;
    private volatile boolean cancelled;

    BacklogPieces(SlotCopy first, SlotCopy second, BacklogPlan plan, Executor executor) {
        this.first = first;
        this.second = second;
        this.plan = plan;
        this.executor = executor;
    }

    /**
     * Holds a piece that the server has decoded.
     *
     * @param copy the copy of the slot that it is read from
     * @param start where that copy stood before the piece
     * @param limit how many messages it was to have
     * @param messages its messages; null if there is no piece, because the backlog ends at {@code start}
     */
    record Piece(SlotCopy copy, SlotPosition start, long limit, SlotCopy.Messages messages) {}

    /** Waits until the server has decoded the first piece. */
    Piece first(SlotPosition start) throws SQLException {
        return decode(first, start, plan.firstPieceMessages(start));
    }

    /** Asks the server to decode the piece after {@code previous}, which meanwhile can be read. */
    Future<Piece> after(Piece previous, double messagesPerSecond) {
        FutureTask<Piece> next = new FutureTask<>(() -> {
            SlotCopy copy = previous.copy() == first ? second : first;
            SlotPosition start = copy.copy(previous.copy().name());
            if (cancelled || plan.endsAt(start)) {
                return new Piece(copy, start, 0, null);
            }
            long messageBytes = BacklogPlan.messageBytes(previous.start(), start, previous.limit());
            return decode(copy, start, plan.pieceMessages(start, messageBytes, messagesPerSecond));
        });
        executor.execute(next);
        return next;
    }

    private static Piece decode(SlotCopy copy, SlotPosition start, long limit) throws SQLException {
        return new Piece(copy, start, limit, copy.decode(limit));
    }

    /** Makes the server stop decoding, which it would do to the end of a piece otherwise. Safe for any thread. */
    void cancel() {
        cancelled = true;
        first.cancel();
        second.cancel();
    }

    /** Breaks the connections. Safe for any thread. */
    void abort() {
        first.abort();
        second.abort();
    }

    /** Closes the connections, which drops the copies of the slot. */
    void close() {
        first.close();
        second.close();
    }
}
