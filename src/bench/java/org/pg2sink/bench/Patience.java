package org.pg2sink.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;

/** How long a contender may take for all that it has to do. */
final class Patience {

    private static final long NANOS = Duration.ofMinutes(10).toNanos();

    private final String contender;
    private final long deadline = System.nanoTime() + NANOS;

    Patience(String contender) {
        this.contender = contender;
    }

    /** What is waited for. */
    interface Condition {
        boolean holds() throws IOException, SQLException;
    }

    void await(int pollMillis, Condition condition) throws IOException, SQLException, InterruptedException {
        while (!condition.holds()) {
            check();
            Thread.sleep(pollMillis);
        }
    }

    void check() {
        if (System.nanoTime() - deadline > 0) {
            throw new IllegalStateException(contender + " does not come to an end");
        }
    }
}
