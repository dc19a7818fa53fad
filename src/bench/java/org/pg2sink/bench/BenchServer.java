package org.pg2sink.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pg2sink.TestDatabase;
import org.pg2sink.bench.Workload.Kind;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.Publication;
import org.pg2sink.replication.Subscription;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;

/**
 * The server of one workload. Of a backlog it holds the slot {@code origin}, which nobody reads; each contender drains
 * {@link #NAME}, a fresh copy of it.
 */
final class BenchServer implements AutoCloseable {

    /** Of publication and slot. */
    static final String NAME = "bench";

    private static final String FORGET_IMPORTS = "drop schema if exists pg2sink cascade";

    private static final String DROP = "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
            + " where slot_name = '" + NAME + "'";
    private static final String PROGRESS = """
            select coalesce(r.sent_lsn, '0/0'), coalesce(s.confirmed_flush_lsn, '0/0')
            from pg_replication_slots s left join pg_stat_replication r on r.pid = s.active_pid
            where s.slot_name = 'bench'""";

    private static final Set<Kind> IN_MEMORY = EnumSet.of(Kind.LIVE, Kind.LIVE_IMPORT, Kind.RECOVERY);
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long MEMORY_BYTES = 4L << 30;

    private final EmbeddedPostgres server;
    private final Connection connection;
    private final PreparedStatement progress;
    private final long postmaster;

    private BenchServer(EmbeddedPostgres server) throws SQLException {
        this.server = server;
        this.connection = database().connect();
        this.progress = connection.prepareStatement(PROGRESS);
        this.postmaster = Processes.parent(connection.unwrap(PGConnection.class).getBackendPID());
    }

    static BenchServer start(Workload workload) throws IOException, SQLException {
        EmbeddedPostgres.Builder server = EmbeddedPostgres.builder();
        if (IN_MEMORY.contains(workload.kind())) { // what the server writes must not be in the way of a sink's fsync
            if (Files.getFileStore(MEMORY).getUsableSpace() < MEMORY_BYTES) {
                throw new IOException(workload + " needs " + (MEMORY_BYTES >> 30) + " GB in " + MEMORY);
            }
            server.setDataDirectory(Files.createTempDirectory(MEMORY, "pg2sink-bench"));
        }
        return new BenchServer(server.setServerConfig("wal_level", "logical")
                .setServerConfig("fsync", workload.kind() == Kind.SCALE ? "on" : "off") // many commits that wait
                .setServerConfig("full_page_writes", "off")
                .setServerConfig("synchronous_commit", "on") // off, what the last commit wrote reaches a slot late
                .setServerConfig("autovacuum", "off")
                .setServerConfig("jit", "off")
                .setServerConfig("shared_buffers", "2GB")
                .setServerConfig("max_wal_size", "20GB")
                .setServerConfig("checkpoint_timeout", "1h")
                .setServerConfig("wal_sender_timeout", "0")
                .setServerConfig("logical_decoding_work_mem", "64MB")
                .setPGStartupWait(Duration.ofSeconds(60))
                .start());
    }

    TestDatabase database() {
        return new TestDatabase(url());
    }

    int port() {
        return server.getPort();
    }

    String url() {
        return "jdbc:postgresql://localhost:" + port() + "/postgres?user=postgres";
    }

    /** Makes the tables and their rows, and for a backlog a slot that holds how they came about. */
    Backlog load(Workload workload, double size) throws SQLException {
        workload.tables().forEach(database()::execute);
        if (workload.kind() != Kind.IMPORT && workload.kind() != Kind.SCALE) {
            publish();
        }
        if (workload.kind() == Kind.BACKLOG || workload.kind() == Kind.SLOW_SINK) {
            database().query("select pg_create_logical_replication_slot('origin', 'pgoutput')");
        }
        LogSequenceNumber start = position();
        database().execute("call load(" + workload.rows(size) + ")");
        LogSequenceNumber end = position();
        database().execute("vacuum analyze", "checkpoint");
        return new Backlog(workload, workload.rows(size), start, end);
    }

    private void publish() throws SQLException {
        Database known = new Database(url(), null, null);
        try (Connection ordinary = known.connect()) {
            new Publication(known, new Subscription(NAME, List.of("public"), List.of(), List.of()))
                    .reconcile(ordinary, false);
        }
    }

    private LogSequenceNumber position() {
        return LogSequenceNumber.valueOf(database().value("select pg_current_wal_insert_lsn()"));
    }

    /** Gives the next contender what the last one had. */
    void renew(Backlog backlog) throws InterruptedException {
        while (!database()
                .query("select 1 from pg_replication_slots where active")
                .isEmpty()) {
            Thread.sleep(10);
        }
        database().query(DROP);
        switch (backlog.workload().kind()) {
            case BACKLOG, SLOW_SINK ->
                database().query("select pg_copy_logical_replication_slot('origin', '" + NAME + "')");
            case IMPORT, SCALE -> database().execute(FORGET_IMPORTS, "drop publication if exists " + NAME);
            case LIVE, LIVE_IMPORT, RECOVERY -> {
                database().execute(FORGET_IMPORTS, "delete from item where id > " + Load.IDS, "vacuum analyze item");
                database().query("select pg_create_logical_replication_slot('" + NAME + "', 'pgoutput')");
            }
        }
    }

    /** Has pg2sink import its tables once more; it finds out by itself. */
    void importAgain() {
        database().execute("update pg2sink.import_jobs set expired_at = now()");
    }

    /** When the imports that were asked for last began and ended; empty while they have not. */
    Optional<Period> imported() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet jobs = statement.executeQuery("select to_regclass('pg2sink.import_jobs') is not null")) {
                jobs.next();
                if (!jobs.getBoolean(1)) {
                    return Optional.empty();
                }
            }
            try (ResultSet times =
                    statement.executeQuery("select bool_and(state = 'completed'), " + micros("min(started_at)") + ", "
                            + micros("max(updated_at)") + " from pg2sink.import_jobs where expired_at is null")) {
                times.next();
                return times.getBoolean(1)
                        ? Optional.of(new Period(times.getLong(2), times.getLong(3)))
                        : Optional.empty();
            }
        }
    }

    private static String micros(String time) {
        return "(extract(epoch from " + time + ") * 1000000)::bigint";
    }

    /** How far the slot is, as unsigned LSNs; 0 while it is not there. */
    record Progress(long sent, long confirmed) {}

    Progress progress() throws SQLException {
        try (ResultSet row = progress.executeQuery()) {
            return row.next() ? new Progress(lsn(row.getString(1)), lsn(row.getString(2))) : new Progress(0, 0);
        }
    }

    private static long lsn(String text) {
        return LogSequenceNumber.valueOf(text).asLong();
    }

    /** Seconds of CPU of all processes of the server. */
    double cpuSeconds() {
        return Processes.cpuSecondsOfFamily(postmaster);
    }

    @Override
    public void close() throws IOException, SQLException {
        connection.close();
        server.close();
    }
}
