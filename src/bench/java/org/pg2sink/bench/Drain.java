package org.pg2sink.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pg2sink.bench.BenchServer.Progress;
import org.pg2sink.bench.Contender.Running;

/** Lets a contender deliver a backlog and watches it. */
final class Drain implements Trial {

    private static final long POLL_MILLIS = 20;

    /** Looking at memory is not needed at each poll, and all looks take from the CPU that the contender may need. */
    private static final int POLLS_PER_LOOK = 10;

    private final BenchServer server;
    private final Backlog backlog;

    Drain(BenchServer server, Backlog backlog) {
        this.server = server;
        this.backlog = backlog;
    }

    private record Sample(long nanos, double clientCpu, double serverCpu) {}

    @Override
    public List<Measurement> by(Contender contender) throws IOException, SQLException, InterruptedException {
        server.renew(backlog);
        try (Running running = contender.start(server, backlog)) {
            long pid = running.process().pid();
            Patience patience = new Patience(contender.name());
            patience.await(1, running::hasBegun);
            Sample first = sample(Processes.cpuSeconds(pid));
            Sample middle = null;
            double client = first.clientCpu;
            long peak = 0;
            boolean done = false;
            for (int poll = 1; !done; poll++) {
                patience.check();
                Thread.sleep(POLL_MILLIS);
                Progress progress = server.progress();
                done = running.isDone(progress);
                // of a process that has ended, what it was last counts
                client = Math.max(client, Processes.cpuSeconds(pid));
                if (done || poll % POLLS_PER_LOOK == 1) {
                    peak = Math.max(peak, Processes.peakMegabytes(pid));
                }
                if (middle == null && !done && backlog.workload().hasHalves() && running.isHalfDone(progress)) {
                    middle = sample(client);
                }
            }
            Sample last = sample(client);
            return List.of(measurement(contender, first, middle, last, peak, running.rows()));
        }
    }

    private Sample sample(double clientCpu) {
        return new Sample(System.nanoTime(), clientCpu, server.cpuSeconds());
    }

    private Measurement measurement(
            Contender contender, Sample first, Sample middle, Sample last, long peak, long rows) {
        if (rows != backlog.rows()) {
            throw new IllegalStateException(
                    contender.name() + " delivered " + rows + " rows, but there are " + backlog.rows());
        }
        Map<Figure, Double> figures = new LinkedHashMap<>();
        figures.put(Figure.ROWS_PER_SECOND, rows / seconds(first, last));
        figures.put(Figure.WARM_ROWS_PER_SECOND, middle == null ? Double.NaN : rows / 2.0 / seconds(middle, last));
        figures.put(Figure.CLIENT_MICROS, (last.clientCpu - first.clientCpu) / rows * 1e6);
        figures.put(
                Figure.WARM_CLIENT_MICROS,
                middle == null ? Double.NaN : (last.clientCpu - middle.clientCpu) / (rows / 2.0) * 1e6);
        figures.put(Figure.SERVER_MICROS, (last.serverCpu - first.serverCpu) / rows * 1e6);
        figures.put(Figure.PEAK_MEGABYTES, (double) peak);
        figures.put(Figure.SECONDS, seconds(first, last));
        return new Measurement(contender.name(), rows, figures);
    }

    private static double seconds(Sample from, Sample to) {
        return (to.nanos - from.nanos) / 1e9;
    }
}
