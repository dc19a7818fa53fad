package org.pg2sink.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.pg2sink.bench.BenchServer.Progress;
import org.pg2sink.bench.JavaReader.Counting;
import org.pg2sink.bench.Workload.Kind;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;

/**
 * pg2sink as a route that counts the rows, and looks at nothing; over when the server knows that they have arrived.
 *
 * @param lanes 0 for batches; else the route takes {@value #SLOW_MILLIS} ms for each row, in so many lanes
 */
record CountingRoute(String name, Set<Kind> kinds, List<String> jvm, int lanes) implements Contender {

    private static final int SLOW_MILLIS = 10;

    @Override
    public Running start(BenchServer server, Backlog backlog) throws IOException {
        List<String> options = new ArrayList<>(ShippedRoutes.LAUNCHED);
        options.addAll(jvm);
        options.addAll(ArrivalNotifier.options(backlog.workload()));
        ChildProcess process = ChildProcess.start(
                ChildProcess.newDirectory(),
                ChildProcess.java(
                        options,
                        ChildProcess.classPath(),
                        CountingRoute.class,
                        Integer.toString(server.port()),
                        Long.toString(backlog.rows()),
                        Integer.toString(lanes)));
        Counting counting = new Counting(process);
        return new Running() {
            @Override
            public ChildProcess process() {
                return process;
            }

            @Override
            public boolean hasBegun() throws IOException {
                return process.hasPrinted("streaming from");
            }

            @Override
            public boolean isHalfDone(Progress progress) throws IOException {
                return counting.isHalfDone(progress);
            }

            @Override
            public boolean isDone(Progress progress) {
                return progress.confirmed() >= backlog.end().asLong();
            }

            @Override
            public long rows() throws IOException {
                return counting.rows();
            }
        };
    }

    public static void main(String[] arguments) throws Exception {
        CountingMain counter = new CountingMain(arguments);
        int lanes = Integer.parseInt(arguments[2]);
        String stream = "pg2sink:" + BenchServer.NAME + "?url=RAW(" + counter.url() + ")";
        Main main = new Main();
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                if (lanes == 0) {
                    from(stream + "&batching=true").process(exchange -> counter.count(modifications(exchange)));
                } else {
                    from(stream + "&lanes=" + lanes)
                            .delay(SLOW_MILLIS)
                            .syncDelayed()
                            .process(exchange -> count(counter));
                }
            }
        });
        main.run();
    }

    private static synchronized void count(CountingMain counter) {
        counter.count(1);
    }

    private static int modifications(Exchange exchange) {
        int modifications = 0;
        for (Object entry : exchange.getMessage().getBody(List.class)) {
            if ((Entry) entry instanceof Modification) {
                modifications++;
            }
        }
        return modifications;
    }
}
