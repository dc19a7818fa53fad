package org.pg2sink.imports;

import java.util.function.Consumer;
import org.pg2sink.imports.TableReader.Reading;
import org.pg2sink.imports.Window.Outcome;

/**
 * Tries once to bring a chunk into the stream: waits for its read, writes the high watermark, and waits until the stream has
 * come by. Unless the chunk is merged, the window is interrupted at the end, so that the stream does not wait for it.
 */
final class ChunkTry {

    /** Tells how a try ended. */
    sealed interface Result {

        /** The chunk has joined the stream, which waits until whoever has this result settles the window. */
        record Merged(Window window, ChunkEntries entries) implements Result {}

        /** The read found no row, but did not come to the end of the table. */
        record NoRows(Chunk chunk) implements Result {}

        /** The table could not be read; the reading says why. */
        record Unread(Reading reading) implements Result {}

        /**
         * The chunk cannot be merged and has to be read again.
         *
         * @param fewerRows whether a smaller chunk is more likely to succeed
         * @param passes whether the reason goes away by itself
         */
        record Again(String reason, boolean fewerRows, boolean passes) implements Result {}

        /** The stream ended or was suspended. */
        record Interrupted() implements Result {}
    }

    private final ChunkRead read;
    private final Window window;
    private final Consumer<Window> writeHighWatermark;
    private final Consumer<Chunk> meanwhile;

    /**
     * @param read under way or done
     * @param writeHighWatermark writes the high watermark of a window
     * @param meanwhile what to do between the high watermark and the stream's coming by
     */
    ChunkTry(ChunkRead read, Consumer<Window> writeHighWatermark, Consumer<Chunk> meanwhile) {
        this.read = read;
        this.window = read.window();
        this.writeHighWatermark = writeHighWatermark;
        this.meanwhile = meanwhile;
    }

    Result run() throws InterruptedException {
        boolean merged = false;
        try {
            Result result = result(read.await());
            merged = result instanceof Result.Merged;
            return result;
        } finally {
            if (!merged) {
                window.interrupt();
            }
        }
    }

    private Result result(Reading reading) throws InterruptedException {
        if (!(reading instanceof Reading.Rows rows)) {
            return new Result.Unread(reading);
        }
        Chunk chunk = rows.chunk();
        if (!chunk.isTold()) {
            return new Result.NoRows(chunk);
        }
        window.offer(chunk);
        writeHighWatermark.accept(window);
        meanwhile.accept(chunk);
        return result(window.awaitOutcome());
    }

    private Result result(Outcome outcome) {
        if (outcome instanceof Outcome.Merged merged) {
            return new Result.Merged(window, merged.entries());
        } else if (outcome instanceof Outcome.ReadAgain again) {
            // a read ahead has changes between its watermarks for as long as it waited, whatever its size
            return new Result.Again(again.reason(), !read.ahead(), false);
        } else if (outcome instanceof Outcome.NotYet notYet) {
            return new Result.Again(notYet.reason(), false, true);
        } else if (outcome instanceof Outcome.Interrupted) {
            return new Result.Interrupted();
        }
        throw new IllegalStateException("unhandled " + outcome);
    }
}
