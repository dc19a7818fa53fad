package org.pg2sink.component;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.pg2sink.TestDatabase;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.JsonLines;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Transaction;

/** A Camel context with one route from a test database, and what that route received. Closing it stops the route. */
final class Subscriber implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TestDatabase database;
    private final String name;
    private final CamelContext context = new DefaultCamelContext();
    private final List<Entry> entries = new CopyOnWriteArrayList<>();

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
        Subscriber subscriber = new Subscriber(database, nameFor(database));
        RouteBuilder imports = new RouteBuilder() {
            @Override
            public void configure() {
                from("scheduler:imports?delay=20&greedy=true&synchronous=true")
                        .routeId("imports")
                        .to("pg2sink:" + subscriber.name + "?operation=import&" + importOptions)
                        .filter(body().isNotNull())
                        .process(subscriber::collect);
            }
        };
        subscriber.startRoute("", stream -> stream.process(subscriber::collect), imports);
        return subscriber.awaitStreaming();
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
                    route.configure(from("pg2sink:" + name + "?" + options).routeId("stream"));
                }
            });
            context.start();
        } catch (Exception e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** A step that keeps the entries of an exchange. */
    void collect(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        if (body instanceof Batch batch) {
            entries.addAll(batch);
        } else {
            entries.add((Entry) body);
        }
    }

    Subscriber awaitStreaming() {
        await().atMost(PATIENCE).until(() -> status().state() == StreamStatus.State.STREAMING);
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
        return entries.stream()
                .filter(Modification.class::isInstance)
                .map(Modification.class::cast)
                .toList();
    }

    List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** The JSON documents of all entries so far. */
    List<String> json() {
        return entries.stream()
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
        return slot("confirmed_flush_lsn > '" + transaction.lsnText() + "'::pg_lsn")
                .equals("t");
    }

    /** An expression over the slot's row in pg_replication_slots. */
    String slot(String expression) {
        return database.value("select " + expression + " from pg_replication_slots where slot_name = '" + name + "'");
    }

    @Override
    public void close() {
        context.stop();
    }
}
