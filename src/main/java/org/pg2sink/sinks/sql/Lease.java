package org.pg2sink.sinks.sql;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Shows the target from time to time that an open transaction is still wanted. A process that is frozen does not, so the server
 * ends its transaction. The thread ends by itself when nothing is open.
 */
final class Lease {

    static final long INTERVAL_SECONDS = 3;

    private final Runnable renewal;
    private final ScheduledThreadPoolExecutor executor;
    private ScheduledFuture<?> renewals;

    Lease(Runnable renewal) {
        this.renewal = renewal;
        this.executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "pg2sink-copy-lease");
            thread.setDaemon(true);
            return thread;
        });
        executor.setKeepAliveTime(2 * INTERVAL_SECONDS, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
        executor.setRemoveOnCancelPolicy(true);
    }

    void begin() {
        if (renewals == null) {
            renewals = executor.scheduleWithFixedDelay(renewal, INTERVAL_SECONDS, INTERVAL_SECONDS, TimeUnit.SECONDS);
        }
    }

    void end() {
        if (renewals != null) {
            renewals.cancel(false);
            renewals = null;
        }
    }
}
