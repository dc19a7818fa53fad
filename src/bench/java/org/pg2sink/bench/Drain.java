package org.pg2sink.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.pg2sink.bench.BenchServer.Progress;
import org.pg2sink.bench.Contender.Running;

/** Lets a contender deliver a backlog and watches it. */
final class Drain {

    private static final long SAMPLE_MILLIS = 20;
    private static final long PATIENCE_NANOS = Duration.ofMinutes(10).toNanos();

    private final BenchServer server;
    private final Backlog backlog;

    Drain(BenchServer server, Backlog backlog) {
        this.server = server;
        this.backlog = backlog;
    }

    private record Sample(long nanos, double clientCpu, double serverCpu) {}

    Measurement by(Contender contender) throws IOException, SQLException, InterruptedException {
        server.renew(backlog);
        try (Running running = contender.start(server, backlog)) {
            long patience = System.nanoTime() + PATIENCE_NANOS;
            BooleanSupplier late = () -> System.nanoTime() > patience;
            while (!running.hasBegun()) {
                check(late, contender);
                Thread.sleep(1);
            }
            Sample first = sample(running);
            Sample last = first;
            Sample middle = null;
            long peak = 0;
            boolean done = false;
            while (!done) {
                check(late, contender);
                Thread.sleep(SAMPLE_MILLIS);
                Progress progress = server.progress();
                done = running.isDone(progress);
                Sample now = sample(running);
                // of a process that has ended, what it was last counts
                last = now.clientCpu > 0 ? now : new Sample(now.nanos, last.clientCpu, now.serverCpu);
                peak = Math.max(peak, Processes.peakMegabytes(running.pid()));
                if (middle == null && !done && running.isHalfDone(progress)) {
                    middle = now;
                }
            }
            return measurement(contender, first, middle, last, peak, running.rows());
        }
    }

    private static void check(BooleanSupplier late, Contender contender) {
        if (late.getAsBoolean()) {
            throw new IllegalStateException(contender.name() + " does not come to an end");
        }
    }

    private Sample sample(Running running) {
        return new Sample(System.nanoTime(), Processes.cpuSeconds(running.pid()), server.cpuSeconds());
    }

    private Measurement measurement(
            Contender contender, Sample first, Sample middle, Sample last, long peak, long rows) {
        if (rows != backlog.rows()) {
            throw new IllegalStateException(
                    contender.name() + " delivered " + rows + " rows, but there are " + backlog.rows());
        }
        return new Measurement(
                contender.name(),
                rows,
                seconds(first, last),
                last.clientCpu - first.clientCpu,
                last.serverCpu - first.serverCpu,
                peak,
                middle == null ? 0 : seconds(middle, last),
                middle == null ? 0 : last.clientCpu - middle.clientCpu);
    }

    private static double seconds(Sample from, Sample to) {
        return (to.nanos - from.nanos) / 1e9;
    }
}
