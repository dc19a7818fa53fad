package org.pg2sink.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.pg2sink.bench.Workload.Kind;

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

    private static Result measure(Workload workload, Options options)
            throws IOException, SQLException, InterruptedException {
        try (BenchServer server = BenchServer.start(workload)) {
            Backlog backlog = server.load(workload, options.size());
            System.out.printf("%s: %s%n", workload, workload.description());
            List<Contender> contenders = Contenders.chosen(options, workload);
            List<Measurement> measurements = new ArrayList<>();
            Trial trial = workload.load(options.size())
                    .<Trial>map(load -> new Live(server, backlog, load, options.seconds()))
                    .orElseGet(() ->
                            workload.kind() == Kind.SCALE ? new Scale(server, backlog) : new Drain(server, backlog));
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
