package org.pg2sink.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.pg2sink.bench.Contender.Running;

/** Has writers commit at a steady rate while a contender streams, and looks how long each row takes to arrive. */
final class Live implements Trial {

    /** How long a contender streams before it counts: Java compiles meanwhile. */
    private static final int WARM_UP_SECONDS = 10;

    private static final int POLL_MILLIS = 100;

    private final BenchServer server;
    private final Backlog backlog;
    private final Load load;
    private final int seconds;

    Live(BenchServer server, Backlog backlog, Load load, int seconds) {
        this.server = server;
        this.backlog = backlog;
        this.load = load;
        this.seconds = seconds;
    }

    @Override
    public List<Measurement> by(Contender contender) throws IOException, SQLException, InterruptedException {
        server.renew(backlog);
        try (Running running = contender.start(server, backlog);
                Writers writers = new Writers(server.url(), load)) {
            Patience patience = new Patience(contender.name());
            patience.await(POLL_MILLIS, running::hasBegun);
            List<Period> periods = backlog.workload().hasImport() ? withoutAndWithImport(patience) : steady();
            long rows = writers.stop() * load.rows();
            Samples samples = Samples.in(running.process().directory());
            patience.await(POLL_MILLIS, () -> samples.count() >= rows);
            if (samples.count() != rows) {
                throw new IllegalStateException(
                        contender.name() + " delivered " + samples.count() + " rows, but there are " + rows);
            }
            return measurements(contender, periods, samples);
        }
    }

    private List<Period> steady() throws InterruptedException {
        Period.ofNext(WARM_UP_SECONDS);
        return List.of(Period.ofNext(seconds));
    }

    /** A first import is the warm-up; the second counts, and the time between them. */
    private List<Period> withoutAndWithImport(Patience patience)
            throws IOException, SQLException, InterruptedException {
        patience.await(POLL_MILLIS, () -> server.imported().isPresent());
        Period without = Period.ofNext(seconds);
        server.importAgain();
        patience.await(POLL_MILLIS, () -> server.imported().isPresent());
        return List.of(without, server.imported().orElseThrow());
    }

    private List<Measurement> measurements(Contender contender, List<Period> periods, Samples samples) {
        List<Measurement> measurements = new ArrayList<>();
        for (Period period : periods) {
            Latencies latencies = samples.during(period);
            measurements.add(new Measurement(
                    contender.name() + (measurements.isEmpty() ? "" : ", importing"),
                    latencies.micros().length,
                    latencies.figures(load.rows())));
        }
        return measurements;
    }
}
