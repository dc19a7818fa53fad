package org.pg2sink.component;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.pg2sink.changelog.TableName;
import org.pg2sink.imports.ImportJob;
import org.pg2sink.imports.ImportJob.State;
import org.pg2sink.imports.ImportJobs;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.PublicationAdministration;
import org.pg2sink.replication.Subscription;
import org.pg2sink.replication.SubscriptionException;
import org.pg2sink.replication.SubscriptionException.Remedy;
import org.pg2sink.replication.UnknownObjectException;
import org.pg2sink.replication.preflight.Finding;
import org.pg2sink.replication.preflight.Preflight;

/**
 * Answers what people ask of a subscription, and does what they tell it. Answers are maps of plain values, so that any
 * data format can write them. Each call
 * takes a connection of its own: they are rare.
 */
final class Administration {

    private final Pg2sinkEndpoint endpoint;
    private final Database database;
    private final Subscription subscription;
    private final PublicationAdministration publication;
    private final ImportJobs jobs;

    /** SQL that a connection is given to; what it throws is told in a sentence. */
    private interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    Administration(Pg2sinkEndpoint endpoint) {
        this.endpoint = endpoint;
        this.database = endpoint.database();
        this.subscription = endpoint.subscription();
        this.publication = new PublicationAdministration(database, subscription);
        this.jobs = new ImportJobs(subscription);
    }

    List<Map<String, Object>> listTables() {
        return with("listing the tables", publication::tables).stream()
                .map(status -> map(
                        "namespace", status.table().namespace(),
                        "table", status.table().name(),
                        "published", status.published(),
                        "lastChange", latestChange(status.table()),
                        "reason", status.reason()))
                .toList();
    }

    private String latestChange(TableName table) {
        return endpoint.getComponent().stream(subscription.name())
                .flatMap(consumer -> consumer.latestChange(table))
                .map(Instant::toString)
                .orElse(null);
    }

    List<Map<String, Object>> listImports() {
        return with(
                        "listing the imports",
                        connection -> ImportJobs.exist(connection) ? jobs.list(connection) : List.<ImportJob>of())
                .stream()
                .map(ImportJob::toMap)
                .toList();
    }

    Map<String, Object> status() {
        return endpoint.getComponent().stream(subscription.name())
                .map(consumer -> consumer.status().toMap())
                .orElseGet(() -> map("subscription", subscription.name(), "state", "NONE"));
    }

    Map<String, Object> pauseStream() {
        return switchStream(Pg2sinkConsumer::suspend);
    }

    Map<String, Object> resumeStream() {
        return switchStream(Pg2sinkConsumer::resume);
    }

    private Map<String, Object> switchStream(Consumer<Pg2sinkConsumer> how) {
        Pg2sinkConsumer consumer = endpoint.getComponent().stream(subscription.name())
                .orElseThrow(() -> new UnknownObjectException(
                        Remedy.STOP, "No route streams the subscription " + subscription.name() + " here: start one."));
        how.accept(consumer);
        return consumer.status().toMap();
    }

    List<Map<String, Object>> check() {
        Pg2sinkConfiguration options = endpoint.getConfiguration();
        int readers = options.isImports()
                ? options.getChunkReaders()
                : endpoint.getComponent().imports(subscription.name()).readers();
        return new Preflight(database, subscription, readers)
                .run().stream().map(Finding::toMap).toList();
    }

    Map<String, Object> addTable(TableName table) {
        with("adding a table", connection -> {
            publication.add(connection, table);
            return null;
        });
        // only now, when the table's membership has committed, is the barrier after it
        return with("adding a table", connection -> {
            if (ImportJobs.exist(connection)) {
                jobs.create(connection, table);
            }
            return answer(table, "published");
        });
    }

    Map<String, Object> removeTable(TableName table) {
        return with("removing a table", connection -> {
            long oid = publication.remove(connection, table);
            if (ImportJobs.exist(connection)) {
                jobs.expire(connection, oid);
            }
            return answer(table, "removed");
        });
    }

    Map<String, Object> resyncTable(TableName table) {
        return with("resyncing a table", connection -> {
            if (!ImportJobs.exist(connection)) {
                throw new SubscriptionException(
                        Remedy.RETRY,
                        "Nothing of the subscription " + subscription.name()
                                + " has been imported yet: start a route with pg2sink:" + subscription.name()
                                + "?operation=import.");
            }
            jobs.resync(connection, table);
            return answer(table, "resyncing");
        });
    }

    Map<String, Object> pauseImport(TableName table) {
        return change(table, job -> job.state() == State.ACTIVE, State.PAUSED, "only an active import can be paused");
    }

    Map<String, Object> resumeImport(TableName table) {
        return change(table, job -> job.state() == State.PAUSED, State.ACTIVE, "only a paused import can be resumed");
    }

    Map<String, Object> retryImport(TableName table) {
        return change(
                table,
                job -> job.state() == State.FAILED || job.state() == State.ACTIVE,
                State.ACTIVE,
                "only an active or failed import can be tried again");
    }

    private Map<String, Object> change(TableName table, Predicate<ImportJob> possible, State to, String otherwise) {
        return with("changing an import", connection -> {
            ImportJob job = job(connection, table);
            if (!possible.test(job) || !jobs.change(connection, job, to)) {
                throw new SubscriptionException(
                        Remedy.STOP,
                        "The import of " + job.table() + " is " + job.state().text() + ": " + otherwise + ".");
            }
            return answer(table, to.text());
        });
    }

    private ImportJob job(Connection connection, TableName table) throws SQLException {
        Optional<ImportJob> job = ImportJobs.exist(connection) ? jobs.find(connection, table) : Optional.empty();
        return job.orElseThrow(() -> new UnknownObjectException(
                Remedy.STOP,
                "There is no import of " + table + " in the subscription " + subscription.name()
                        + ": it is not published, or imports are off."));
    }

    private static Map<String, Object> answer(TableName table, String state) {
        return map("namespace", table.namespace(), "table", table.name(), "state", state);
    }

    /** Runs work in one transaction, which is rolled back if the work throws. */
    private <T> T with(String doing, Work<T> work) {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            T result = work.run(connection);
            connection.commit();
            return result;
        } catch (SQLException e) {
            throw SubscriptionException.of(e, doing, database);
        }
    }

    /** Keys and values in turn; a key without a value is left out. */
    private static Map<String, Object> map(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            if (keysAndValues[i + 1] != null) {
                map.put((String) keysAndValues[i], keysAndValues[i + 1]);
            }
        }
        return map;
    }
}
