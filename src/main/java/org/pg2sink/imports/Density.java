package org.pg2sink.imports;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tells how many blocks of a table have about as many rows as a chunk, so that it is known where a read will end before it has
 * begun, and the next one can begin beside it. The import's thread owns it.
 */
final class Density {

    private static final int MAX_TABLES = 1000;
    private static final int MAX_BLOCKS = 1 << 14;
    /** Leaves room for blocks that are fuller than those before, since a chunk that is full ends where nobody expected. */
    private static final double FILLED = 0.9;

    /** The rows in a block, as the latest chunk of each job had them. */
    private final Map<Long, Double> rowsPerBlock = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Double> eldest) {
            return size() > MAX_TABLES;
        }
    };

    /** Takes note of a chunk that was read after the cursor of its job. */
    void note(ImportJob job, Chunk chunk) {
        Optional<PlaceCursor> to = PlaceCursor.of(chunk.cursor());
        if (to.isEmpty()) {
            rowsPerBlock.remove(job.id());
            return;
        }
        long from = PlaceCursor.of(job.cursor())
                .filter(it -> it.leaf() == to.get().leaf()
                        && it.file().equals(to.get().file()))
                .map(PlaceCursor::block)
                .orElse(0L);
        long blocks = Math.max(1, to.get().block() - from);
        rowsPerBlock.put(job.id(), (double) chunk.rows().size() / blocks);
    }

    /** Returns the size of the next read of a job. */
    ReadSize of(ImportJob job, int rows) {
        Double density = PlaceCursor.of(job.cursor())
                .map(place -> rowsPerBlock.get(job.id()))
                .orElse(null);
        return new ReadSize(
                rows, density == null ? 0 : (int) Math.max(1, Math.min(MAX_BLOCKS, FILLED * rows / density)));
    }
}
