package org.pg2sink.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pg2sink.bench.Contender.Running;

/** Has a contender begin with a database of many tables, import them, and then do nothing but look whether something changed. */
final class Scale implements Trial {

    private static final int POLL_MILLIS = 100;
    /** How long nothing happens before the looks count: Java compiles meanwhile. */
    private static final int WARM_UP_SECONDS = 15;

    private static final int LOOKS = 3;
    /** The default of the option {@code reconcileInterval}. */
    private static final int LOOK_SECONDS = 10;

    private final BenchServer server;
    private final Backlog backlog;

    Scale(BenchServer server, Backlog backlog) {
        this.server = server;
        this.backlog = backlog;
    }

    @Override
    public List<Measurement> by(Contender contender) throws IOException, SQLException, InterruptedException {
        server.renew(backlog);
        double serverBefore = server.cpuSeconds();
        long begun = System.nanoTime();
        try (Running running = contender.start(server, backlog)) {
            long pid = running.process().pid();
            Patience patience = new Patience(contender.name());
            patience.await(POLL_MILLIS, () -> running.process().hasPrinted("streaming from"));
            Map<Figure, Double> figures = new LinkedHashMap<>();
            figures.put(Figure.STREAMING_SECONDS, (System.nanoTime() - begun) / 1e9);
            patience.await(POLL_MILLIS, () -> server.imported().isPresent());
            figures.put(Figure.IMPORT_SECONDS, server.imported().orElseThrow().seconds());
            figures.put(Figure.CLIENT_SECONDS, Processes.cpuSeconds(pid));
            figures.put(Figure.SERVER_SECONDS, server.cpuSeconds() - serverBefore);
            figures.put(Figure.PEAK_MEGABYTES, (double) Processes.peakMegabytes(pid));
            Thread.sleep(WARM_UP_SECONDS * 1000L);
            double client = Processes.cpuSeconds(pid);
            double idle = server.cpuSeconds();
            Thread.sleep(LOOKS * LOOK_SECONDS * 1000L);
            figures.put(Figure.LOOK_CLIENT_MILLIS, (Processes.cpuSeconds(pid) - client) * 1000 / LOOKS);
            figures.put(Figure.LOOK_SERVER_MILLIS, (server.cpuSeconds() - idle) * 1000 / LOOKS);
            if (running.rows() != backlog.rows()) {
                throw new IllegalStateException(
                        contender.name() + " delivered " + running.rows() + " rows, but there are " + backlog.rows());
            }
            return List.of(new Measurement(contender.name(), backlog.rows(), figures));
        }
    }
}
