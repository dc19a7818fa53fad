package org.pg2sink.imports;

import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.pg2sink.imports.TableReader.Reading;

/**
 * A read of a chunk, under way or done.
 *
 * @param job what it is of, with the cursor that it begins at
 * @param window opened before the read, not null
 * @param reading what comes of it
 */
record ChunkRead(ImportJob job, Window window, Future<Reading> reading) {

    /** What came of it. */
    Reading await() throws SQLException, InterruptedException {
        try {
            return reading.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
