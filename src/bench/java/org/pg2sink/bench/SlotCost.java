package org.pg2sink.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.pg2sink.TestDatabase;

/**
 * {@code mvn -Pbench verify -Dbenchmark=org.pg2sink.bench.SlotCost}: measures what it costs the server if several
 * subscriptions of disjoint sets of tables read one backlog. There are four tables, which one, two and four subscriptions
 * divide among themselves, all in one process, each from a walsender of its own.
 */
public final class SlotCost {

    private static final int TABLES = 4;
    private static final int ROWS = 2_000_000;
    private static final List<Integer> SLOTS = List.of(1, 2, 4);
    private static final int POLL_MILLIS = 10;

    private SlotCost() {}

    private record Cost(double seconds, double serverSeconds, double clientSeconds) {}

    public static void main(String[] arguments) throws IOException, SQLException, InterruptedException {
        int runs = Integer.getInteger("runs", 3);
        int rows = (int) (ROWS * Double.parseDouble(System.getProperty("size", "1")));
        try (BenchServer server = BenchServer.start(Workload.W1)) {
            String end = load(server.database(), rows);
            List<List<Cost>> costs = SLOTS.stream()
                    .map(slots -> (List<Cost>) new ArrayList<Cost>())
                    .toList();
            for (int run = 0; run < runs; run++) {
                for (int i = 0; i < SLOTS.size(); i++) {
                    costs.get(i).add(measure(server, SLOTS.get(i), end));
                }
            }
            print(costs, rows);
        }
    }

    /** Makes the tables, a publication for each subscription, and a backlog, whose end is returned. */
    private static String load(TestDatabase database, int rows) {
        for (int table = 0; table < TABLES; table++) {
            database.execute("create table item" + table
                    + " (id bigint primary key, account int, amount numeric(12, 2), note text)");
        }
        for (int slots : SLOTS) {
            for (int part = 0; part < slots; part++) {
                database.execute("create publication " + name(slots, part) + " for table " + tables(slots, part));
            }
        }
        database.query("select pg_create_logical_replication_slot('origin', 'pgoutput')");
        database.execute("""
                do $$
                begin
                    for t in 0..%d / 1000 - 1 loop
                        execute format('insert into item%%s select %%s * 1000 + i, i %%%% 97, i / 7.0, ''item number '' || i'
                            || ' from generate_series(1, 1000) i', t %% %d, t);
                        commit;
                    end loop;
                end $$""".formatted(rows, TABLES));
        database.execute("vacuum analyze", "checkpoint");
        return database.value("select pg_current_wal_insert_lsn()");
    }

    private static String name(int slots, int part) {
        return "bench_" + slots + "_" + part;
    }

    private static String tables(int slots, int part) {
        return IntStream.range(0, TABLES)
                .filter(table -> table % slots == part)
                .mapToObj(table -> "item" + table)
                .reduce((one, another) -> one + "," + another)
                .orElseThrow();
    }

    private static Cost measure(BenchServer server, int slots, String end)
            throws IOException, SQLException, InterruptedException {
        TestDatabase database = server.database();
        for (int part = 0; part < slots; part++) {
            database.query("select pg_copy_logical_replication_slot('origin', '" + name(slots, part) + "')");
        }
        double serverBefore = server.cpuSeconds();
        Cost cost;
        try (ChildProcess process = ChildProcess.start(
                ChildProcess.newDirectory(),
                ChildProcess.java(
                        ShippedRoutes.LAUNCHED,
                        ChildProcess.classPath(),
                        SlotCost.Subscriptions.class,
                        server.url(),
                        Integer.toString(slots)))) {
            Patience patience = new Patience(slots + " subscriptions");
            patience.await(POLL_MILLIS, () -> process.hasPrinted("streaming from"));
            long begun = System.nanoTime();
            double clientBefore = Processes.cpuSeconds(process.pid());
            patience.await(POLL_MILLIS, () -> database.value("select bool_and(confirmed_flush_lsn >= '" + end
                            + "') from pg_replication_slots where slot_name like 'bench_" + slots + "_%'")
                    .equals("t"));
            cost = new Cost(
                    (System.nanoTime() - begun) / 1e9,
                    server.cpuSeconds() - serverBefore,
                    Processes.cpuSeconds(process.pid()) - clientBefore);
        }
        for (int part = 0; part < slots; part++) {
            database.query("select pg_drop_replication_slot('" + name(slots, part) + "')");
        }
        return cost;
    }

    private static void print(List<List<Cost>> costs, int rows) {
        System.out.println("| subscriptions | server µs/row | × | client µs/row | × | rows/s | × |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
        Cost one = median(costs.get(0));
        for (int i = 0; i < SLOTS.size(); i++) {
            Cost cost = median(costs.get(i));
            System.out.printf(
                    Locale.ROOT,
                    "| %d | %.2f | %.2f | %.2f | %.2f | %,.0f | %.2f |%n",
                    SLOTS.get(i),
                    cost.serverSeconds * 1e6 / rows,
                    cost.serverSeconds / one.serverSeconds,
                    cost.clientSeconds * 1e6 / rows,
                    cost.clientSeconds / one.clientSeconds,
                    rows / cost.seconds,
                    one.seconds / cost.seconds);
        }
    }

    private static Cost median(List<Cost> costs) {
        return new Cost(
                median(costs.stream().mapToDouble(Cost::seconds)),
                median(costs.stream().mapToDouble(Cost::serverSeconds)),
                median(costs.stream().mapToDouble(Cost::clientSeconds)));
    }

    private static double median(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /** The subscriptions, each a route that counts nothing and keeps nothing. */
    static final class Subscriptions {

        private Subscriptions() {}

        public static void main(String[] arguments) throws Exception {
            int slots = Integer.parseInt(arguments[1]);
            Main main = new Main();
            main.configure().addRoutesBuilder(new RouteBuilder() {
                @Override
                public void configure() {
                    for (int part = 0; part < slots; part++) {
                        from("pg2sink:" + name(slots, part) + "?url=RAW(" + arguments[0] + ")&tables="
                                        + tables(slots, part) + "&batching=true&catchUp=false")
                                .process(exchange -> {});
                    }
                }
            });
            main.run();
        }
    }
}
