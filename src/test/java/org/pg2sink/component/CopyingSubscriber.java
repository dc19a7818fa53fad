package org.pg2sink.component;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.SynchronizationAdapter;
import org.pg2sink.TestDatabase;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;

/** Streams and imports into a {@link TableCopy} of each table. */
final class CopyingSubscriber implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(20);

    private final TestDatabase database;
    private final List<TableCopy> copies;
    private final Subscriber subscriber;
    /** Whoever has the permit knows that no import is under way. */
    private final Semaphore importing = new Semaphore(1);

    /**
     * @param database whose tables the copies are of
     * @param streamOptions of the stream's endpoint
     * @param importOptions of the endpoint that imports
     * @param chunkMillis how long a chunk is under way to its sink
     */
    CopyingSubscriber(
            TestDatabase database, String streamOptions, String importOptions, int chunkMillis, TableCopy... copies) {
        this(database, streamOptions, importOptions, chunkMillis, List.of(copies));
        subscriber.awaitStreaming();
    }

    /** Waits for the slot that another instance has. */
    static CopyingSubscriber standby(TestDatabase database, TableCopy... copies) {
        return new CopyingSubscriber(database, "", "chunkSize=1000", 0, List.of(copies));
    }

    private CopyingSubscriber(
            TestDatabase database,
            String streamOptions,
            String importOptions,
            int chunkMillis,
            List<TableCopy> copies) {
        this.database = database;
        this.copies = copies;
        String name = Subscriber.nameFor(database);
        RouteBuilder imports = new RouteBuilder() {
            @Override
            public void configure() {
                from("scheduler:imports?delay=20&greedy=true&synchronous=true")
                        .routeId("imports")
                        .process(CopyingSubscriber.this::begin)
                        .to("pg2sink:" + name + "?operation=import&" + importOptions)
                        .filter(body().isNotNull())
                        .delay(chunkMillis)
                        .syncDelayed()
                        .process(CopyingSubscriber.this::apply);
            }
        };
        this.subscriber = Subscriber.route(database, streamOptions, stream -> stream.process(this::apply), imports);
    }

    private void begin(Exchange exchange) throws InterruptedException {
        importing.acquire();
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                importing.release();
            }
        });
    }

    private void apply(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        if (body instanceof Batch batch) {
            batch.forEach(this::apply);
        } else {
            apply((Entry) body);
        }
    }

    private void apply(Entry entry) {
        if (entry instanceof Modification change) {
            copy(change.table().name()).apply(change);
        }
    }

    private TableCopy copy(String table) {
        return copies.stream()
                .filter(copy -> copy.table().equals(table))
                .findFirst()
                .orElseThrow();
    }

    Subscriber subscriber() {
        return subscriber;
    }

    void resync(String table) {
        subscriber.ask("resyncTable", table);
    }

    void add(String table) {
        subscriber.ask("addTable", table);
    }

    void remove(String table) {
        subscriber.ask("removeTable", table);
    }

    /**
     * Empties the copy of a table that was removed, as soon as nothing of it can come any more: neither from transactions
     * that wrote to it before nor from a chunk that was read before.
     */
    void forget(String table) {
        String now = database.value("select pg_current_xact_id()");
        await().atMost(PATIENCE).pollInterval(POLL).until(() -> database.value(
                        "select pg_snapshot_xmin(pg_current_snapshot()) > '" + now + "'")
                .equals("t"));
        importing.acquireUninterruptibly();
        try {
            subscriber.awaitAllConfirmed();
            copy(table).clear();
        } finally {
            importing.release();
        }
    }

    void suspend() throws Exception {
        subscriber.context().getRouteController().suspendRoute("stream");
    }

    void resume() throws Exception {
        subscriber.context().getRouteController().resumeRoute("stream");
    }

    /** The stream's connection; it heals. */
    void cutConnection() {
        subscriber.slot("pg_terminate_backend(active_pid)");
    }

    /** Waits until all tables have been imported, and all changes up to now have come. */
    CopyingSubscriber awaitAll() {
        subscriber.awaitAllImported().awaitAllConfirmed();
        return this;
    }

    /** In what the copies differ from the tables. */
    List<String> differences() {
        return copies.stream()
                .flatMap(copy -> copy.differences(database).stream())
                .toList();
    }

    @Override
    public void close() {
        subscriber.close();
    }
}
