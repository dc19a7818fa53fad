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

/** pg2sink as a route that counts the rows, and looks at nothing; over when the server knows that they have arrived. */
record CountingRoute(String name, Set<Kind> kinds, List<String> jvm) implements Contender {

    @Override
    public Running start(BenchServer server, Backlog backlog) throws IOException {
        List<String> options = new ArrayList<>(ShippedRoutes.MEMORY);
        options.addAll(jvm);
        options.addAll(ArrivalNotifier.options(backlog.workload()));
        ChildProcess process = ChildProcess.start(
                ChildProcess.newDirectory(),
                ChildProcess.java(
                        options,
                        ChildProcess.classPath(),
                        CountingRoute.class,
                        Integer.toString(server.port()),
                        Long.toString(backlog.rows())));
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
        Main main = new Main();
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                from("pg2sink:" + BenchServer.NAME + "?batching=true&url=RAW(" + counter.url() + ")")
                        .process(exchange -> counter.count(modifications(exchange)));
            }
        });
        main.run();
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
