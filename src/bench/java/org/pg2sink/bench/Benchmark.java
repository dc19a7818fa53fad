package org.pg2sink.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** {@code mvn -Pbench verify}: see docs/benchmarks.md. */
public final class Benchmark {

    private Benchmark() {}

    public static void main(String[] arguments) throws Exception {
        Options options = Options.fromSystemProperties();
        List<Result> results = new ArrayList<>();
        for (Workload workload : options.workloads()) {
            Result result = measure(workload, options);
            System.out.println(Tables.of(result));
            results.add(result);
            ResultFiles.write(results, Path.of("target", "bench"));
        }
    }

    private static Trial trial(Workload workload, BenchServer server, Backlog backlog, Options options) {
        return switch (workload.kind()) {
            case BACKLOG, SLOW_SINK, IMPORT -> new Drain(server, backlog);
            case SCALE -> new Scale(server, backlog);
            case LIVE, LIVE_IMPORT ->
                new Live(server, backlog, workload.load(options.size()).orElseThrow(), options.seconds());
            case RECOVERY ->
                new Recovery(server, backlog, workload.load(options.size()).orElseThrow());
        };
    }

    private static Result measure(Workload workload, Options options)
            throws IOException, SQLException, InterruptedException {
        try (BenchServer server = BenchServer.start(workload)) {
            Backlog backlog = server.load(workload, options.size());
            System.out.printf("%s: %s%n", workload, workload.description());
            List<Contender> contenders = Contenders.chosen(options, workload);
            List<Measurement> measurements = new ArrayList<>();
            Trial trial = trial(workload, server, backlog, options);
            for (int run = 0; run < options.runs(); run++) {
                for (Contender contender : contenders) {
                    for (Measurement measurement : trial.by(contender)) {
                        System.out.println("  " + Tables.line(measurement));
                        measurements.add(measurement);
                    }
                }
                Collections.rotate(contenders, 1); // so that nobody is always the first
            }
            return new Result(workload, backlog.rows(), measurements);
        }
    }
}
