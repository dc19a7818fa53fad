package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.SubscriptionException.Remedy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks and creates the logical replication slot of a subscription, which holds the durable position.
 *
 * @see <a href="https://www.postgresql.org/docs/current/view-pg-replication-slots.html">pg_replication_slots</a>
 */
public final class ReplicationSlot {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicationSlot.class);

    public static final int MIN_SERVER_VERSION = 14;

    /** A publication and the import jobs have to be written, which a standby cannot, although some decode. */
    public static final String STANDBY =
            "is a standby, where neither the publication nor the import jobs can be written: let"
                    + " pg2sink.url name the primary, or all hosts with targetServerType=primary.";

    private final Database database;
    private final String name;

    public ReplicationSlot(Database database, String name) {
        this.database = database;
        this.name = name;
    }

    /**
     * Checks that the slot, if it exists, can be streamed from, and returns its position.
     *
     * @param connection an ordinary connection in autocommit mode, not null
     * @param lastConfirmed the position that this process confirmed last; 0 if it has not streamed yet
     * @return the confirmed position of the slot, unsigned; empty if there is no slot
     * @throws SubscriptionException if the slot cannot be streamed from, or was dropped since {@code lastConfirmed}
     */
    public Optional<Lsn> position(Connection connection, Lsn lastConfirmed) {
        try {
            checkServer(connection);
            if (CatchUpLock.isTaken(connection, name)) {
                throw new SubscriptionException(
                        Remedy.WAIT,
                        "Another instance catches up with the replication slot " + name
                                + ": waiting until it has finished.");
            }
            Optional<SlotDescription> state = SlotDescription.of(connection, name);
            if (state.isPresent()) {
                return Optional.of(check(state.get()));
            }
            if (!lastConfirmed.equals(Lsn.ZERO)) {
                throw new SubscriptionException(
                        Remedy.STOP,
                        "The replication slot " + name + " was dropped while pg2sink used it. Changes after "
                                + lastConfirmed
                                + " are no longer available. Restart pg2sink to start over with a new slot.");
            }
            return Optional.empty();
        } catch (SQLException e) {
            throw SubscriptionException.of(e, "looking at the replication slot " + name, database);
        }
    }

    /**
     * Creates the slot, and waits until all transactions that are running now have ended. The publication must exist
     * already, because the server cannot decode changes from before it.
     *
     * @param connection an ordinary connection in autocommit mode, not null
     * @return the confirmed position of the slot, unsigned
     */
    public Lsn create(Connection connection) {
        LOG.info("Creating the replication slot {}; it waits for transactions that are running now", name);
        warnOfPrepared(connection);
        try (PreparedStatement statement =
                connection.prepareStatement("select pg_create_logical_replication_slot(?, ?)")) {
            connection.setNetworkTimeout(Runnable::run, 0);
            statement.setString(1, name);
            statement.setString(2, SlotDescription.PLUGIN);
            statement.execute();
        } catch (SQLException e) {
            throw SubscriptionException.of(e, "creating the replication slot " + name, database);
        }
        return position(connection, Lsn.ZERO)
                .orElseThrow(() -> new SubscriptionException(
                        Remedy.RETRY, "The replication slot " + name + " was dropped as soon as it was created."));
    }

    /** A prepared transaction may stay for ever, and nobody sees it among the sessions. */
    private void warnOfPrepared(Connection connection) {
        try {
            OpenTransactions.prepared(connection, 0)
                    .ifPresent(prepared -> LOG.warn("The replication slot {} waits for {}", name, prepared));
        } catch (SQLException e) {
            throw SubscriptionException.of(e, "looking for prepared transactions", database);
        }
    }

    private void checkServer(Connection connection) throws SQLException {
        int major = connection.getMetaData().getDatabaseMajorVersion();
        if (major < MIN_SERVER_VERSION) {
            throw new SubscriptionException(
                    Remedy.STOP,
                    "The server at " + database + " is PostgreSQL " + major + ", but pg2sink needs "
                            + MIN_SERVER_VERSION + " or newer.");
        }
        if (isStandby(connection)) {
            throw new SubscriptionException(Remedy.RETRY, "The server at " + database + " " + STANDBY);
        }
        WalLevel.of(connection).problem().ifPresent(problem -> {
            throw new SubscriptionException(Remedy.RETRY, problem);
        });
    }

    /** Returns whether the server is a standby. */
    public static boolean isStandby(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_is_in_recovery()")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    /**
     * Checks, once nobody else can move the slot any more, that nobody did since its position was looked at.
     *
     * @throws SubscriptionException if somebody did; the next look notices the gap
     */
    public void requireUnmoved(Connection connection, Lsn position) {
        try {
            Optional<SlotDescription> state = SlotDescription.of(connection, name);
            if (state.isPresent() && state.get().position().isAfter(position)) {
                throw new SubscriptionException(
                        Remedy.RETRY, "The replication slot " + name + " was moved while the stream connected.");
            }
        } catch (SQLException e) {
            throw SubscriptionException.of(e, "looking at the replication slot " + name, database);
        }
    }

    private Lsn check(SlotDescription state) {
        state.fault().ifPresent(fault -> {
            throw fault;
        });
        if (state.isActive()) {
            throw new SubscriptionException(
                    Remedy.WAIT,
                    "The replication slot " + name + " is in use by the server process " + state.activePid()
                            + ": waiting until it is free.");
        }
        return state.position();
    }
}
