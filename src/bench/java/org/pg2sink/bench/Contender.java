package org.pg2sink.bench;

import java.io.IOException;
import java.util.Set;
import org.pg2sink.bench.BenchServer.Progress;

/** A program that delivers rows. */
interface Contender {

    String name();

    /** What it can do here. */
    Set<Workload.Kind> kinds();

    Running start(BenchServer server, Backlog backlog) throws IOException;

    /** A contender at work, in a process of its own. */
    interface Running extends AutoCloseable {

        ChildProcess process();

        /** Whether it has got so far that the clock starts. */
        boolean hasBegun() throws IOException;

        /** Whether half of the rows are delivered; this and what follows is asked only where their number is known. */
        boolean isHalfDone(Progress progress) throws IOException;

        /** Whether everything is delivered. */
        boolean isDone(Progress progress) throws IOException;

        /** How many rows it delivered, when it is done. */
        long rows() throws IOException, InterruptedException;

        /** Ends it. */
        @Override
        default void close() throws IOException, InterruptedException {
            process().close();
        }
    }
}
