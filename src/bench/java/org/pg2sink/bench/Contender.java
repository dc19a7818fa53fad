package org.pg2sink.bench;

import java.io.IOException;
import org.pg2sink.bench.BenchServer.Progress;

/** A program that delivers a backlog. */
interface Contender {

    String name();

    /** Whether it can do that workload here. */
    boolean suits(Workload workload);

    Running start(BenchServer server, Backlog backlog) throws IOException;

    /** A contender at work, in a process of its own. */
    interface Running extends AutoCloseable {

        long pid();

        /** Whether it has got so far that the clock starts. */
        boolean hasBegun() throws IOException;

        /** Whether half of the rows are delivered. */
        boolean isHalfDone(Progress progress) throws IOException;

        /** Whether everything is delivered. */
        boolean isDone(Progress progress) throws IOException;

        /** How many rows it delivered, when it is done. */
        long rows() throws IOException, InterruptedException;

        /** Ends it. */
        @Override
        void close() throws IOException, InterruptedException;
    }
}
