package org.pg2sink.sinks.file;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;

/**
 * Brings to disk what was appended to a file so far, on a thread of its own, while the rest is converted. So the force at the end
 * has little left to wait for. For the thread that appends.
 */
final class Writeback {

    private static final int MIN_PIECE_BYTES = 1 << 20;

    private final FileChannel channel;
    private final Executor executor;

    private long waitingBytes;
    /** The latest piece; null before the first. */
    private FutureTask<Void> piece;

    Writeback(FileChannel channel, Executor executor) {
        this.channel = channel;
        this.executor = executor;
    }

    /** Takes note of what was appended, and begins with the next piece if that is large enough and the one before is done. */
    void appended(int bytes) throws IOException {
        waitingBytes += bytes;
        if (waitingBytes >= MIN_PIECE_BYTES && (piece == null || piece.isDone())) {
            await();
            waitingBytes = 0;
            piece = new FutureTask<>(() -> {
                channel.force(false);
                return null;
            });
            executor.execute(piece);
        }
    }

    /** Waits for what has begun. The operating system tells of a failure only once, so it is reported here. */
    void await() throws IOException {
        if (piece == null) {
            return;
        }
        try {
            piece.get();
        } catch (ExecutionException e) {
            throw new IOException("What was written is not on disk: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the disk");
        }
    }
}
