package org.pg2sink.stream;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.pg2sink.changelog.DatabaseEncoding;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.BacklogReader;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.DatabaseCatalog;
import org.pg2sink.replication.ReplicationStream;
import org.pg2sink.replication.Subscription;
import org.pg2sink.replication.SubscriptionException;
import org.pg2sink.replication.SubscriptionException.Remedy;
import org.pg2sink.replication.WalSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses how a session reads WAL: it streams, or reads a backlog by SQL; and it gets text as the server converts it, or as it
 * is stored. A session that fails by its choice lets the next one choose otherwise. Owned by the stream's thread.
 */
final class SourceChoice {

    private static final Logger LOG = LoggerFactory.getLogger(SourceChoice.class);

    private final Database database;
    private final Subscription subscription;
    private final StreamOptions options;
    private final CatchUpPolicy catchUp;
    private final Executor readers;

    private StreamState mode = StreamState.STREAMING;
    /** Null before the first connection. */
    private DatabaseEncoding encoding;

    /** @param readers runs the threads that read WAL */
    SourceChoice(
            Database database,
            Subscription subscription,
            StreamOptions options,
            CatchUpPolicy catchUp,
            Executor readers) {
        this.database = database;
        this.subscription = subscription;
        this.options = options;
        this.catchUp = catchUp;
        this.readers = readers;
    }

    /** Asks for the encoding of the database, unless it is known. */
    void prepare(Connection connection) throws SQLException {
        if (encoding == null) {
            encoding = DatabaseCatalog.encoding(connection);
        }
    }

    /**
     * Opens the source of a session.
     *
     * @param confirmed tells how far the slot may follow
     * @param recovering whether the session follows a failure that is not over yet
     */
    WalSource open(Lsn start, Supplier<Lsn> confirmed, boolean recovering) {
        Database source = encoding.isRaw() ? database.asRaw() : database;
        if (catchUp.isBacklog(start)) {
            try {
                WalSource backlog =
                        BacklogReader.open(source, subscription.name(), options.catchUpBytes(), confirmed, readers);
                mode = StreamState.CATCHING_UP;
                catchUp.begins();
                return backlog;
            } catch (SubscriptionException e) {
                if (e.remedy() == Remedy.WAIT) {
                    throw e;
                }
                catchUp.failed(e, false);
                if (e.isDisconnection()) {
                    throw e;
                }
                LOG.info("Subscription {}: streaming the backlog. {}", subscription.name(), e.getMessage());
            }
        }
        mode = StreamState.STREAMING;
        return ReplicationStream.open(source, subscription.name(), start, confirmed, recovering, readers);
    }

    /** Returns what the session does once it works: STREAMING or CATCHING_UP. */
    StreamState mode() {
        return mode;
    }

    /** Returns the encoding of what the source gives. */
    DatabaseEncoding encoding() {
        return encoding;
    }

    /** Takes note that the session ended by itself. */
    void ended(StreamSession session) {
        if (mode == StreamState.CATCHING_UP) {
            catchUp.ended(session.walEnd(), session.confirmed());
        }
    }

    /**
     * Takes note that the session failed.
     *
     * @param progressed whether anything was confirmed before
     * @return whether the next one gets over that by reading otherwise, so that it is no failure of the stream
     */
    boolean failed(Throwable failure, boolean progressed) {
        if (!(failure instanceof SubscriptionException known)) {
            return false;
        }
        if (known.isUnconvertible() && encoding.canBeRaw() && !encoding.isRaw()) {
            readRaw(known);
            return true;
        }
        if (mode == StreamState.CATCHING_UP) {
            catchUp.failed(known, progressed);
        }
        return false;
    }

    /** Has text read as it is stored: the server could not convert a value, and would fail at it for ever. */
    private void readRaw(SubscriptionException failure) {
        encoding = encoding.raw();
        LOG.warn(
                "Subscription {}: {} From now on text is read as it is stored, and converted here.",
                subscription.name(),
                failure.getMessage());
    }
}
