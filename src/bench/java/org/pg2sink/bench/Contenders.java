package org.pg2sink.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All contenders. The first that takes part is what the others are compared with. */
final class Contenders {

    private Contenders() {}

    static List<Contender> chosen(Options options, Workload workload) {
        List<Contender> chosen = new ArrayList<>(all(options).stream()
                .filter(contender -> contender.suits(workload))
                .filter(contender ->
                        options.contenders().isEmpty() || options.contenders().contains(contender.name()))
                .toList());
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("No contender for " + workload + " among " + options.contenders());
        }
        return chosen;
    }

    private static List<Contender> all(Options options) {
        List<Contender> all = new ArrayList<>();
        RecvLogical.installed().ifPresent(program -> {
            all.add(new RecvLogical("recvlogical-text", program, false));
            all.add(new RecvLogical("recvlogical-binary", program, true));
        });
        all.add(JavaReader.ofStream("pgjdbc", PgjdbcCounter.class));
        all.add(JavaReader.ofTable("copy-text", CopyCounter.class, "text"));
        all.add(JavaReader.ofTable("copy-binary", CopyCounter.class, "binary"));
        all.add(JavaReader.ofTable("jdbc-cursor", CursorCounter.class));
        List<String> streaming = pg2sink(options, "catchUp=false");
        List<String> catchingUp = pg2sink(options, "catchUpBytes=1000000"); // small, for small sizes of a workload
        all.add(new CountingRoute("pg2sink-count", streaming));
        all.add(new ShippedRoutes("pg2sink-file", Optional.empty(), true, streaming));
        all.add(new ShippedRoutes("pg2sink-file-catchup", Optional.empty(), false, catchingUp));
        options.baseline()
                .ifPresent(checkout ->
                        all.add(new ShippedRoutes("pg2sink-file-baseline", Optional.of(checkout), true, streaming)));
        all.add(JavaReader.ofStream("debezium", DebeziumCounter.class, "stream"));
        all.add(JavaReader.ofStream("camel-debezium", CamelDebeziumCounter.class));
        all.add(JavaReader.ofStream("camel-pg-slot", CamelSlotCounter.class));
        all.add(JavaReader.ofTable("debezium-snapshot", DebeziumCounter.class, "snapshot"));
        return all;
    }

    private static List<String> pg2sink(Options options, String option) {
        List<String> jvm = new ArrayList<>(options.jvm());
        jvm.add("-Dcamel.component.pg2sink." + option);
        return jvm;
    }
}
