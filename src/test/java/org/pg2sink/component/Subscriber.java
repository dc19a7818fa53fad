package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.pg2sink.TestDatabase;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Schema;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.format.JsonLines;
import org.pg2sink.stream.StreamState;
import org.pg2sink.stream.StreamStatus;

/** A Camel context with one route from a test database, and what that route received. Closing it stops the route. */
final class Subscriber implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Set<Operation> IMPORT_MARKS = Set.of(Operation.IMPORT_BEGIN, Operation.IMPORT_END);

    private final TestDatabase database;
    private final String name;
    private final CamelContext context = new DefaultCamelContext();
    private final List<Entry> entries = Collections.synchronizedList(new ArrayList<>());
    /** By table: the fingerprint of the schema that was sent last. */
    private final Map<Long, String> schemas = new ConcurrentHashMap<>();

    private final List<String> misfits = new CopyOnWriteArrayList<>();

    /** What a test makes of the route that begins with the stream. */
    interface Route {
        void configure(RouteDefinition stream);
    }

    private Subscriber(TestDatabase database, String name) {
        this.database = database;
        this.name = name;
    }

    /** A name for publication and slot that no other test uses: slots are the whole server's. */
    static String nameFor(TestDatabase database) {
        return "sub_" + database.value("select current_database()");
    }

    /** Collects entries, from a route that does nothing else, and waits until the stream runs. */
    static Subscriber start(TestDatabase database, String options) {
        Subscriber subscriber = new Subscriber(database, nameFor(database));
        subscriber.startRoute(options, stream -> stream.process(subscriber::collect));
        return subscriber.awaitStreaming();
    }

    /** Collects entries, and the rows that imports bring, in the order in which they come. */
    static Subscriber importing(TestDatabase database, String importOptions) {
        return importing(database, nameFor(database), "", importOptions, exchange -> {})
                .awaitStreaming();
    }

    /** The same, with a step that each chunk takes before it is collected; does not wait for anything. */
    static Subscriber importing(
            TestDatabase database, String name, String streamOptions, String importOptions, Processor sink) {
        Subscriber subscriber = new Subscriber(database, name);
        RouteBuilder imports = new RouteBuilder() {
            @Override
            public void configure() {
                from("scheduler:imports?initialDelay=20&delay=20&greedy=true&synchronous=true")
                        .routeId("imports")
                        .errorHandler(noErrorHandler())
                        .to("pg2sink:" + name + "?" + (importOptions.isEmpty() ? "" : importOptions + "&")
                                + "operation=import")
                        .filter(body().isNotNull())
                        .process(sink)
                        .process(subscriber::collect);
            }
        };
        subscriber.startRoute(streamOptions, stream -> stream.process(subscriber::collect), imports);
        return subscriber;
    }

    /** Collects entries of a subscription with a name of its own; does not wait for anything. */
    static Subscriber streaming(TestDatabase database, String name, String options) {
        Subscriber subscriber = new Subscriber(database, name);
        subscriber.startRoute(options, stream -> stream.process(subscriber::collect));
        return subscriber;
    }

    /** Collects entries, of each exchange after a step of the test's own; does not wait for anything. */
    static Subscriber collecting(TestDatabase database, String options, Processor first) {
        Subscriber subscriber = new Subscriber(database, nameFor(database));
        subscriber.startRoute(options, stream -> stream.process(first).process(subscriber::collect));
        return subscriber;
    }

    /** Runs a route of the test's own; does not wait for anything. */
    static Subscriber route(TestDatabase database, String options, Route route, RouteBuilder... others) {
        Subscriber subscriber = new Subscriber(database, nameFor(database));
        subscriber.startRoute(options, route, others);
        return subscriber;
    }

    private void startRoute(String options, Route route, RouteBuilder... others) {
        try {
            Pg2sinkComponent component = context.getComponent("pg2sink", Pg2sinkComponent.class);
            component.getConfiguration().setUrl(database.url());
            component.getConfiguration().setTimezone("UTC");
            component.getConfiguration().setReconcileInterval(200);
            context.getShutdownStrategy().setTimeout(20);
            for (RouteBuilder other : others) {
                context.addRoutes(other);
            }
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    // tests look at schemas too, unless they say otherwise
                    String all = options.contains("announceSchemas")
                            ? options
                            : "announceSchemas=true" + (options.isEmpty() ? "" : "&" + options);
                    route.configure(from("pg2sink:" + name + "?" + all).routeId("stream"));
                }
            });
            context.start();
        } catch (Exception e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** A step that keeps the entries of an exchange, and notes rows that do not fit the schema that came last. */
    void collect(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        List<Entry> received = body instanceof Batch batch ? batch : List.of((Entry) body);
        for (Entry entry : received) {
            Table table = entry.table();
            if (entry instanceof Schema) {
                schemas.put(table.oid(), table.fingerprint());
            } else if (table.oid() != 0 && !table.fingerprint().equals(schemas.get(table.oid()))) {
                misfits.add(table + " " + table.columns());
            }
        }
        entries.addAll(received);
    }

    /** What the producer answers; {@code table} is schema and name, or the name, or nothing. */
    Object ask(String operation, String... table) {
        try (ProducerTemplate template = context.createProducerTemplate()) {
            Exchange answer = template.request("pg2sink:" + name + "?operation=" + operation, exchange -> {
                if (table.length == 2) {
                    exchange.getMessage().setHeader(Pg2sinkConstants.NAMESPACE, table[0]);
                }
                if (table.length > 0) {
                    exchange.getMessage().setHeader(Pg2sinkConstants.TABLE, table[table.length - 1]);
                }
            });
            if (answer.getException() instanceof RuntimeException problem) {
                throw problem;
            }
            return answer.getMessage().getBody();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An expression over the live import job of a table. */
    String job(String table, String expression) {
        return database.value("select " + expression + " from pg2sink.import_jobs where subscription = '" + name
                + "' and expired_at is null and table_name = '" + table.replace("'", "''") + "'");
    }

    /** Waits until the live import job of a table is in that state. */
    Subscriber awaitImport(String table, String state) {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> job(table, "state")
                .equals(state));
        return this;
    }

    /** Waits until all tables that are published now have been imported. */
    Subscriber awaitAllImported() {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> database.value(
                        "select count(*) filter (where j.state = 'completed') = count(*) and count(*) > 0"
                                + " from pg_publication_tables t left join pg2sink.import_jobs j on expired_at is null"
                                + " and j.subscription = t.pubname and j.namespace = t.schemaname and j.table_name = t.tablename"
                                + " where t.pubname = '" + name + "'")
                .equals("t"));
        return this;
    }

    /** The rows of a table that imports brought so far. */
    List<Modification> imported(String table) {
        return modifications().stream()
                .filter(row -> row.operation() == Operation.IMPORT
                        && row.table().name().equals(table))
                .toList();
    }

    /** One column of those rows, as texts. */
    List<String> imported(String table, String column) {
        return imported(table).stream()
                .map(row -> String.valueOf(row.after().toMap().get(column)))
                .toList();
    }

    Subscriber awaitStreaming() {
        await().atMost(PATIENCE).until(() -> status().state() == StreamState.STREAMING);
        return this;
    }

    CamelContext context() {
        return context;
    }

    String name() {
        return name;
    }

    /** How often it caught up with a backlog by SQL. */
    long catchUps() {
        return consumer().getCatchUps();
    }

    StreamStatus status() {
        return consumer().status();
    }

    Pg2sinkConsumer consumer() {
        return (Pg2sinkConsumer) context.getRoute("stream").getConsumer();
    }

    /** Waits until so many modifications have come, and returns all. */
    List<Modification> awaitModifications(int count) {
        await().atMost(PATIENCE).until(() -> modifications().size() >= count);
        return modifications();
    }

    List<Modification> modifications() {
        return entries().stream()
                .filter(Modification.class::isInstance)
                .map(Modification.class::cast)
                .toList();
    }

    /** Without those that only tell where the run of an import begins or ends. */
    List<Entry> entries() {
        return allEntries().stream().filter(entry -> !isImportMark(entry)).toList();
    }

    List<Entry> allEntries() {
        synchronized (entries) {
            return List.copyOf(entries);
        }
    }

    /** Whether an entry only tells where the run of an import begins or ends. */
    static boolean isImportMark(Entry entry) {
        return entry instanceof Modification change && IMPORT_MARKS.contains(change.operation());
    }

    /** The JSON documents of all entries so far. */
    List<String> json() {
        return entries().stream()
                .map(entry ->
                        new String(JsonLines.bytes(List.of(entry)), java.nio.charset.StandardCharsets.UTF_8).strip())
                .toList();
    }

    /** Waits until the slot has confirmed all that the server has written up to now. */
    void awaitAllConfirmed() {
        String end = database.value("select pg_current_wal_insert_lsn()");
        await().atMost(PATIENCE).until(() -> isConfirmed(end));
    }

    /** Whether the slot stands at or after that position. */
    boolean isConfirmed(String lsn) {
        return slot("confirmed_flush_lsn >= '" + lsn + "'::pg_lsn").equals("t");
    }

    /** Whether the slot stands after the commit record of that transaction. */
    boolean isConfirmed(Transaction transaction) {
        return slot("confirmed_flush_lsn > '" + transaction.lsn() + "'::pg_lsn").equals("t");
    }

    /** An expression over the slot's row in pg_replication_slots. */
    String slot(String expression) {
        return database.value("select " + expression + " from pg_replication_slots where slot_name = '" + name + "'");
    }

    /** Stops the route of the stream, as an operator does. */
    void stopRoute() {
        try {
            context.getRouteController().stopRoute("stream");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        context.stop();
        assertThat(misfits).as("rows that do not fit the latest schema").isEmpty();
    }
}
