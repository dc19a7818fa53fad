package org.pg2sink.training;

import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.pg2sink.changelog.Announcements;
import org.pg2sink.changelog.Changelog;
import org.pg2sink.changelog.Entry;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.pgoutput.PgOutputDecoder;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.ReplicationStream;
import org.pg2sink.replication.WalFrame;

/** Reads rows as a stream does. */
final class StreamTraining {

    private static final long PATIENCE_MILLIS = 10_000;

    private StreamTraining() {}

    /**
     * Returns the first entries of a slot: a schema and so many changes.
     *
     * @param rows the number of the changes
     * @param reader runs the thread that reads
     * @throws IllegalStateException if the server has sent nothing for ten seconds
     */
    static List<Entry> read(Database database, int rows, Executor reader) throws InterruptedException {
        List<Entry> entries = new ArrayList<>(rows + 1);
        Changelog changelog = new Changelog(
                new TrainingCatalog(), ZoneOffset.UTC, position -> "1", new Announcements(), new Changelog.Output() {
                    @Override
                    public void entry(Entry entry) {
                        entries.add(entry);
                    }

                    @Override
                    public void committed(Lsn endLsn) {
                        // nobody confirms
                    }
                });
        PgOutputDecoder decoder = new PgOutputDecoder(StandardCharsets.UTF_8);
        try (ReplicationStream stream =
                ReplicationStream.open(database, "training", Lsn.ZERO, () -> Lsn.ZERO, false, reader)) {
            while (entries.size() <= rows) {
                List<WalFrame> frames = stream.poll(PATIENCE_MILLIS);
                if (frames.isEmpty()) {
                    throw new IllegalStateException("the server of the training sends nothing more");
                }
                for (WalFrame frame : frames) {
                    if (frame instanceof WalFrame.Data data) {
                        changelog.apply(decoder.decode(data.message()));
                    }
                }
            }
        }
        return entries;
    }
}
