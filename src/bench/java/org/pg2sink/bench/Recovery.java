package org.pg2sink.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pg2sink.bench.Contender.Running;

/**
 * Kills a contender in the midst of a steady load, starts it again at once, and looks how long it takes until a row arrives, and
 * until all have that were committed so far.
 */
final class Recovery implements Trial {

    private static final int POLL_MILLIS = 5;
    private static final int WARM_UP_SECONDS = 10;
    /** How late the latest row may be of a contender that has caught up. */
    private static final long TIMELY_MICROS = 100_000;

    private final BenchServer server;
    private final Backlog backlog;
    private final Load load;

    Recovery(BenchServer server, Backlog backlog, Load load) {
        this.server = server;
        this.backlog = backlog;
        this.load = load;
    }

    @Override
    public List<Measurement> by(Contender contender) throws IOException, SQLException, InterruptedException {
        server.renew(backlog);
        Patience patience = new Patience(contender.name());
        try (Writers writers = new Writers(server.url(), load);
                Running first = contender.start(server, backlog)) {
            Samples samples = Samples.in(first.process().directory());
            patience.await(POLL_MILLIS, () -> samples.count() > 0);
            Thread.sleep(WARM_UP_SECONDS * 1000L);
            first.process().kill();
            return List.of(again(contender, patience));
        }
    }

    private Measurement again(Contender contender, Patience patience)
            throws IOException, SQLException, InterruptedException {
        long killed = System.nanoTime();
        try (Running second = contender.start(server, backlog)) {
            Samples samples = Samples.in(second.process().directory());
            Map<Figure, Double> figures = new LinkedHashMap<>();
            patience.await(POLL_MILLIS, () -> samples.count() > 0);
            figures.put(Figure.FIRST_ROW_SECONDS, (System.nanoTime() - killed) / 1e9);
            patience.await(POLL_MILLIS, () -> samples.latest() < TIMELY_MICROS);
            figures.put(Figure.CAUGHT_UP_SECONDS, (System.nanoTime() - killed) / 1e9);
            return new Measurement(contender.name(), samples.count(), figures);
        }
    }
}
