package org.pg2sink.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
            List<Watched> periods = backlog.workload().hasImport()
                    ? withoutAndWithImport(patience)
                    : steady(running.process().pid());
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

    /** @param cpu of the contender and of the server, in % of a core; may be empty */
    private record Watched(Period period, Map<Figure, Double> cpu) {}

    private List<Watched> steady(long pid) throws IOException, InterruptedException {
        Period.ofNext(WARM_UP_SECONDS);
        double client = Processes.cpuSeconds(pid);
        double serving = server.cpuSeconds();
        Period period = Period.ofNext(seconds);
        Map<Figure, Double> cpu = new LinkedHashMap<>();
        cpu.put(Figure.CLIENT_PERCENT, 100 * (Processes.cpuSeconds(pid) - client) / period.seconds());
        cpu.put(Figure.SERVER_PERCENT, 100 * (server.cpuSeconds() - serving) / period.seconds());
        return List.of(new Watched(period, cpu));
    }

    /** A first import is the warm-up; the second counts, and the time between them. */
    private List<Watched> withoutAndWithImport(Patience patience)
            throws IOException, SQLException, InterruptedException {
        patience.await(POLL_MILLIS, () -> server.imported().isPresent());
        Period without = Period.ofNext(seconds);
        server.importAgain();
        patience.await(POLL_MILLIS, () -> server.imported().isPresent());
        return List.of(
                new Watched(without, Map.of()), new Watched(server.imported().orElseThrow(), Map.of()));
    }

    private List<Measurement> measurements(Contender contender, List<Watched> periods, Samples samples) {
        List<Measurement> measurements = new ArrayList<>();
        for (Watched watched : periods) {
            Latencies latencies = samples.during(watched.period());
            Map<Figure, Double> figures = latencies.figures(load.rows());
            figures.putAll(watched.cpu());
            measurements.add(new Measurement(
                    contender.name() + (measurements.isEmpty() ? "" : ", importing"),
                    latencies.micros().length,
                    figures));
        }
        return measurements;
    }
}
