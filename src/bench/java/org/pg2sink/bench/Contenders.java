package org.pg2sink.bench;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pg2sink.bench.Workload.Kind;

/** All contenders. The first that takes part is what the others are compared with. */
final class Contenders {

    private static final Set<Kind> BACKLOG = EnumSet.of(Kind.BACKLOG);
    private static final Set<Kind> IMPORT = EnumSet.of(Kind.IMPORT);
    private static final Set<Kind> STREAM = EnumSet.of(Kind.BACKLOG, Kind.LIVE, Kind.RECOVERY);
    private static final Set<Kind> KAFKA = EnumSet.of(Kind.BACKLOG, Kind.LIVE);
    private static final Set<Kind> COPY = EnumSet.of(Kind.BACKLOG, Kind.IMPORT);
    private static final Set<Kind> ANYTHING = EnumSet.complementOf(EnumSet.of(Kind.SLOW_SINK));
    private static final List<Integer> LANES = List.of(1, 8, 32);

    private Contenders() {}

    static List<Contender> chosen(Options options, Workload workload) {
        List<Contender> chosen = new ArrayList<>(all(options).stream()
                .filter(contender -> contender.kinds().contains(workload.kind()))
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
        all.add(new JavaReader("pgjdbc", BACKLOG, PgjdbcCounter.class));
        all.add(new JavaReader("copy-text", IMPORT, CopyCounter.class, "text"));
        all.add(new JavaReader("copy-binary", IMPORT, CopyCounter.class, "binary"));
        all.add(new JavaReader("jdbc-cursor", IMPORT, CursorCounter.class));
        List<String> streaming = pg2sink(options, "catchUp=false");
        List<String> catchingUp = options.jvm(); // as it is shipped
        all.add(new CountingRoute("pg2sink-count", STREAM, streaming, 0));
        LANES.forEach(lanes ->
                all.add(new CountingRoute("pg2sink-slow-" + lanes, EnumSet.of(Kind.SLOW_SINK), streaming, lanes)));
        all.add(new ShippedRoutes(
                "pg2sink-file", Optional.empty(), options.distribution(), false, ANYTHING, streaming));
        all.add(new ShippedRoutes(
                "pg2sink-file-catchup", Optional.empty(), options.distribution(), false, BACKLOG, catchingUp));
        options.baseline()
                .ifPresent(checkout -> all.add(new ShippedRoutes(
                        "pg2sink-file-baseline", Optional.of(checkout), Optional.empty(), false, ANYTHING, streaming)));
        all.add(new NativeSubscription("native-subscription", COPY));
        all.add(new ShippedRoutes("pg2sink-sql", Optional.empty(), options.distribution(), true, COPY, streaming));
        all.add(new ShippedRoutes(
                "pg2sink-sql-catchup", Optional.empty(), options.distribution(), true, BACKLOG, catchingUp));
        all.add(new IntoKafka(
                "pg2sink-kafka",
                KAFKA,
                "public.item",
                brokers -> new ShippedRoutes(
                        "pg2sink-kafka",
                        Optional.empty(),
                        options.distribution(),
                        false,
                        KAFKA,
                        intoKafka(streaming, brokers))));
        all.add(new IntoKafka(
                "debezium-kafka",
                KAFKA,
                "bench.public.item",
                brokers -> new JavaReader("debezium-kafka", KAFKA, DebeziumKafka.class, brokers)));
        all.add(new JavaReader("debezium", STREAM, DebeziumCounter.class, "stream"));
        all.add(new JavaReader("camel-debezium", STREAM, CamelDebeziumCounter.class));
        all.add(new JavaReader("camel-pg-slot", BACKLOG, CamelSlotCounter.class));
        all.add(new JavaReader("debezium-snapshot", IMPORT, DebeziumCounter.class, "snapshot"));
        return all;
    }

    private static List<String> pg2sink(Options options, String option) {
        List<String> jvm = new ArrayList<>(options.jvm());
        jvm.add("-Dcamel.component.pg2sink." + option);
        return jvm;
    }

    private static List<String> intoKafka(List<String> jvm, String brokers) {
        List<String> options = new ArrayList<>(jvm);
        options.addAll(List.of("-Dpg2sink.sinks=direct:kafka", "-Dpg2sink.kafka.brokers=" + brokers));
        return options;
    }
}
