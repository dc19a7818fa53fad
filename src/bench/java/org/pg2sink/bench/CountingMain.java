package org.pg2sink.bench;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The other side of {@link JavaReader}: counts rows until all are there, then waits to be ended, and looked at; or, of a
 * live workload, notes when they arrive.
 */
final class CountingMain {

    static final String BEGUN = "begun";
    static final String HALF = "half";
    static final String DONE = "done ";

    private final String port;
    private final long expected;
    private final Samples samples;
    private long rows;
    private boolean begun;

    /** @param arguments of {@code main}; no rows are expected of a live workload, since nobody knows how many there will be */
    CountingMain(String[] arguments) throws IOException {
        this.port = arguments[0];
        this.expected = Long.parseLong(arguments[1]);
        this.samples = expected == 0 ? Samples.in(Path.of("")) : null;
    }

    boolean isLive() {
        return samples != null;
    }

    /** A row of a live workload has arrived now, which was committed then, in microseconds since 1970; on one thread. */
    void arrived(long committed) {
        samples.add(committed, Samples.now());
    }

    String port() {
        return port;
    }

    String url() {
        return "jdbc:postgresql://localhost:" + port + "/postgres?user=postgres";
    }

    /** The clock starts, the first time. */
    void begin() {
        if (!begun) {
            begun = true;
            System.out.println(BEGUN);
        }
    }

    /** Counts rows, on one thread; tells whether more are to come. */
    boolean count(int more) {
        long before = rows;
        rows += more;
        if (rows >= expected / 2 && before < expected / 2) {
            System.out.println(HALF);
        }
        if (rows >= expected && before < expected) {
            System.out.println(DONE + rows);
        }
        return rows < expected;
    }

    static void sleep() throws InterruptedException {
        Thread.sleep(Long.MAX_VALUE);
    }
}
