package org.pg2sink.imports;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tells how many blocks of a table have about as many rows and bytes as a chunk, so that it is known where a read will end before
 * it has begun, and the next one can begin beside it. The import's thread owns it.
 */
final class Density {

    private static final int MAX_TABLES = 1000;
    private static final int MAX_BLOCKS = 1 << 14;
    /** Leaves room for blocks that are fuller than those before, since blocks that have more than a chunk are read twice. */
    private static final double FILLED = 0.9;

    private final long maxBytes;

    /** Holds what was in the blocks of the latest chunk of each job. */
    private final Map<Long, Content> contents = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Content> eldest) {
            return size() > MAX_TABLES;
        }
    };

    private record Content(long blocks, long rows, long bytes) {

        double blocksFor(long maxRows, long maxBytes) {
            return blocks * Math.min((double) maxRows / rows, (double) maxBytes / bytes);
        }
    }

    /** @param maxBytes the size at which a chunk ends, in bytes */
    Density(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Takes note of a chunk that was read after the cursor of its job. */
    void note(ImportJob job, Chunk chunk) {
        Optional<PlaceCursor> to = PlaceCursor.of(chunk.cursor());
        if (to.isEmpty()) {
            contents.remove(job.id());
            return;
        }
        long from = PlaceCursor.of(job.cursor())
                .filter(it -> it.leaf() == to.get().leaf()
                        && it.file().equals(to.get().file()))
                .map(PlaceCursor::block)
                .orElse(0L);
        long blocks = Math.max(1, to.get().block() - from);
        contents.put(job.id(), new Content(blocks, chunk.rows().size(), chunk.bytes()));
    }

    /** Returns the size of the next read of a job. Its rows are counted if a block may have more of them than a chunk. */
    ReadSize of(ImportJob job, int rows) {
        double blocks = PlaceCursor.of(job.cursor())
                .map(place -> contents.get(job.id()))
                .map(content -> FILLED * content.blocksFor(rows, maxBytes))
                .orElse(0.0);
        return new ReadSize(rows, (int) Math.min(MAX_BLOCKS, blocks));
    }
}
