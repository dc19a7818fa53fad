package org.pg2sink.stream;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.pg2sink.imports.KnownCatalog;
import org.pg2sink.imports.PartitionWatch;
import org.pg2sink.imports.ValueWatch;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.CatalogMemory;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.DatabaseCatalog;
import org.pg2sink.replication.Publication;
import org.pg2sink.replication.ReplicationSlot;
import org.pg2sink.replication.ServerWarnings;
import org.pg2sink.replication.SessionToken;
import org.pg2sink.replication.Subscription;
import org.pg2sink.replication.SubscriptionException;
import org.pg2sink.replication.SubscriptionException.Remedy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps in order what a stream needs on the server: its slot, its publication, and what pg2sink has to know of the published
 * tables. The stream's thread {@linkplain #prepare prepares} each session and {@linkplain #begin begins} it. One other
 * thread {@linkplain #maintain maintains} all that while sessions run.
 */
public final class Upkeep {

    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    private static final String WAL_END = "select pg_current_wal_flush_lsn()";

    private final Database database;
    private final Subscription subscription;
    private final StreamOptions options;
    private final CatalogMemory memory;
    private final Imports imports;
    private final StreamCondition condition;

    // used by both threads, and made for that
    private final PositionKeeper keeper;
    private final CatchUpPolicy catchUp;
    private final ServerWatch server;
    private final ServerWarnings warnings;
    private final Publication publication;
    private final KnownCatalog known;

    // used by the stream's thread
    private final ReplicationSlot slot;
    private final StartCheck startCheck;

    // used by the stream's thread before the first session, then by the one that maintains
    private final PartitionWatch partitions;
    private final ValueWatch values;

    Upkeep(
            Database database,
            Subscription subscription,
            StreamOptions options,
            CatalogMemory memory,
            Imports imports,
            PositionKeeper keeper,
            CatchUpPolicy catchUp,
            ServerWatch server,
            StreamCondition condition) {
        this.database = database;
        this.subscription = subscription;
        this.options = options;
        this.memory = memory;
        this.imports = imports;
        this.condition = condition;
        this.keeper = keeper;
        this.catchUp = catchUp;
        this.server = server;
        this.warnings = new ServerWarnings(subscription.name());
        this.publication = new Publication(database, subscription);
        this.known = new KnownCatalog(memory);
        this.slot = new ReplicationSlot(database, subscription.name());
        this.startCheck = new StartCheck(database, subscription, imports);
        this.partitions = new PartitionWatch(subscription);
        this.values = new ValueWatch(subscription);
    }

    /**
     * Makes sure that publication and slot exist and go on where the stream ended, and returns the position of the slot.
     *
     * @param connection an ordinary connection in autocommit mode
     */
    Lsn prepare(Connection connection) throws SQLException {
        server.look(connection); // also if the slot cannot be used: then its state says why
        Optional<Lsn> position = slot.position(connection, condition.confirmed());
        if (position.isEmpty()) {
            database.checkReplication();
        }
        startCheck.run(connection);
        warnings.check(connection);
        publication.reconcile(connection, position.isPresent());
        Lsn walEnd = walEnd(connection);
        keeper.check(connection, position, walEnd);
        Lsn start = position.isPresent() ? position.get() : createSlot(connection);
        catchUp.measured(walEnd);
        observe(connection);
        return start;
    }

    /** Creates the slot, and has everything imported again, because what the sinks have is older than a new slot. */
    private Lsn createSlot(Connection connection) throws SQLException {
        keeper.importAgain(connection, "the slot is new");
        Lsn start = slot.create(connection);
        keeper.beginAfresh(start);
        return start;
    }

    /** Records a session, which has the slot by now, and returns its token. */
    SessionToken begin(Lsn start) throws SQLException {
        values.expectChanges();
        try (Connection connection = database.connect()) {
            if (options.confirm()) {
                slot.requireUnmoved(connection, start);
                keeper.begin(connection, start);
            }
            return SessionToken.take(connection, subscription.name());
        }
    }

    /**
     * Brings the publication in line with the subscribed schemas, and ends a session that has fallen behind so that the
     * next one catches up. For one thread, at intervals. A standby leaves it to the process that streams.
     */
    public void maintain() {
        condition.tick();
        StreamSession session = condition.session();
        if (session == null || !condition.state().delivers()) {
            lookAtServer();
            return;
        }
        try (Connection connection = database.connect()) {
            server.look(connection);
            warnings.check(connection);
            publication.reconcile(connection, true);
            catchUp.measured(walEnd(connection));
            observe(connection);
            if (catchUp.isLastingBacklog(session.confirmed()) && condition.state() == StreamState.STREAMING) {
                session.end();
            }
            partitions.look(connection, imports.areOn());
            values.look(connection, imports.areOn());
        } catch (SubscriptionException e) {
            if (e.remedy() == Remedy.STOP) {
                session.revoke(e);
            }
            LOG.debug("Could not reconcile the publication", e);
        } catch (SQLException | RuntimeException e) {
            // the stream goes on without; if the server is in trouble, the stream finds out too, and says so
            LOG.debug("Could not reconcile the publication; trying again", e);
        }
    }

    /** Looks at the slot while nothing is streamed: it keeps WAL all the more. */
    private void lookAtServer() {
        if (condition.session() == null && condition.state() == StreamState.STOPPED) {
            return; // it was never reached, so each look might be one more refused login
        }
        try (Connection connection = database.connect()) {
            server.look(connection);
        } catch (SQLException | RuntimeException e) {
            LOG.debug("Could not look at the replication slot; trying again", e);
        }
    }

    /** Lets the slot follow further, and looks whether a delivery hangs; for the same thread, at short intervals. */
    public void keepPosition() {
        condition.tick();
        condition.look();
        StreamSession session = condition.session();
        if (session != null && condition.state().delivers()) {
            keeper.extend(session.confirmed());
        }
    }

    /** Remembers types and keys that the stream may need after somebody has dropped them. */
    private void observe(Connection connection) {
        try {
            known.load(connection);
            DatabaseCatalog.observe(connection, subscription.name(), memory);
            known.save(connection);
            if (condition.session() == null) { // later the maintaining thread looks
                partitions.begin(connection);
                values.begin(connection);
            }
        } catch (SQLException e) { // the stream looks up what it needs; only what is dropped meanwhile is lost
            LOG.debug("Could not look at the types of the published tables; trying again", e);
        }
    }

    private static Lsn walEnd(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(WAL_END)) {
            row.next();
            return Lsn.parse(row.getString(1));
        }
    }
}
