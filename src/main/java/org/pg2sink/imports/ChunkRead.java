package org.pg2sink.imports;

import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.pg2sink.imports.TableReader.Reading;
import org.pg2sink.replication.SubscriptionException;

/**
 * A read of a chunk, under way or done.
 *
 * @param job the job that it is for, with the cursor that it begins at
 * @param size how much it reads
 * @param window opened before the read, not null
 * @param ahead whether it began before its turn
 * @param reading its result
 */
record ChunkRead(ImportJob job, ReadSize size, Window window, boolean ahead, Future<Reading> reading) {

    /**
     * Waits for the result.
     *
     * @throws SubscriptionException if the table could not be read
     */
    Reading await() throws InterruptedException {
        try {
            return reading.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SubscriptionException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Returns the job as it will be once the chunk has arrived, if that can be told before it is read. */
    Optional<ImportJob> expected() {
        return size.blocks() == 0
                ? Optional.empty()
                : PlaceCursor.of(job.cursor())
                        .map(place -> place.at(PlaceCursor.beginOf(place.block() + size.blocks())))
                        .map(end -> job.at(end.toList()));
    }
}
