package org.pg2sink.stream;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.pg2sink.changelog.Announcements;
import org.pg2sink.changelog.Changelog;
import org.pg2sink.changelog.DatabaseEncoding;
import org.pg2sink.changelog.Operation;
import org.pg2sink.imports.KnownCatalog;
import org.pg2sink.imports.MergeFigures;
import org.pg2sink.imports.PartitionWatch;
import org.pg2sink.imports.ValueWatch;
import org.pg2sink.imports.Watermarks;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.pgoutput.PgOutputException;
import org.pg2sink.replication.BacklogReader;
import org.pg2sink.replication.Cancellation;
import org.pg2sink.replication.CatalogMemory;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.DatabaseCatalog;
import org.pg2sink.replication.Publication;
import org.pg2sink.replication.ReplicationSlot;
import org.pg2sink.replication.ReplicationStream;
import org.pg2sink.replication.ServerWarnings;
import org.pg2sink.replication.SessionToken;
import org.pg2sink.replication.Subscription;
import org.pg2sink.replication.SubscriptionException;
import org.pg2sink.replication.SubscriptionException.Remedy;
import org.pg2sink.replication.WalSource;
import org.pg2sink.stream.FailurePolicy.Reaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams from the slot of a subscription to a target until it is stopped, session after session. A new session begins at
 * the confirmed position whenever the connection or a delivery fails, and when it is time to catch up with a backlog or to
 * stream again afterwards.
 *
 * <p>Runs on one thread, which decodes and collects. Other threads only ask how the stream is doing, and tell it to pause
 * or stop; one of them {@linkplain #maintain maintains} the publication.
 */
public final class ChangeStream implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(ChangeStream.class);

    private static final long POLL_MILLIS = 100;

    private final Database database;
    private final Subscription subscription;
    private final StreamOptions options;
    private final Target target;
    private final List<? extends Executor> deliverers;
    private final Executor readers;
    private final Imports imports;
    private final FailureListener listener;
    private final Publication publication;
    private final ReplicationSlot slot;
    private final PositionKeeper keeper;
    private final StartCheck startCheck;
    private final ServerWarnings warnings;
    private final CatchUpPolicy catchUp;
    private final HangWatch hangs;
    private final DeliveryFigures figures;
    private final MergeFigures merges;
    private final ServerWatch server;
    private final Lag lag = new Lag(Clock.systemUTC());
    private final Liveness liveness;
    private final CatalogMemory memory;
    private final KnownCatalog known;
    private final PartitionWatch partitions;
    private final ValueWatch values;
    private final Cancellation stop = new Cancellation();

    // owned by the stream's thread
    private final FailurePolicy policy = new FailurePolicy();
    private long delayMillis;
    /** State of the session once it works. */
    private StreamState mode = StreamState.STREAMING;
    /** Null before the first connection. */
    private DatabaseEncoding encoding;

    // written by the stream's thread, read by others
    private volatile Condition condition = new Condition(StreamState.CONNECTING, null, Instant.now());
    private volatile long failures;
    private volatile long catchUps;
    private volatile long reconnects;
    private volatile long decodeErrors;
    /** The session that runs, or ran last; null before the first. */
    private volatile StreamSession session;
    /** Token of that session. */
    private volatile SessionToken token;

    // written by other threads, read by the stream's
    private volatile boolean paused;

    private record Condition(StreamState state, String problem, Instant since) {}

    /**
     * @param memory of types and keys, which outlasts this stream
     * @param target receives the entries
     * @param deliverers run deliveries, one for each lane, each of them one at a time
     * @param readers runs the threads that read WAL
     * @param imports tells of the imports that join the stream
     * @param figures measure what is delivered
     * @param listener hears of failures
     */
    public ChangeStream(
            Database database,
            Subscription subscription,
            StreamOptions options,
            CatalogMemory memory,
            Target target,
            List<? extends Executor> deliverers,
            Executor readers,
            Imports imports,
            DeliveryFigures figures,
            FailureListener listener) {
        this.database = database;
        this.subscription = subscription;
        this.options = options;
        this.target = target;
        this.deliverers = deliverers;
        this.readers = readers;
        this.imports = imports;
        this.figures = figures;
        this.listener = listener;
        this.publication = new Publication(database, subscription);
        this.slot = new ReplicationSlot(database, subscription.name());
        this.keeper = new PositionKeeper(database, subscription, imports);
        this.startCheck = new StartCheck(database, subscription, imports);
        this.warnings = new ServerWarnings(subscription.name());
        this.memory = memory;
        this.known = new KnownCatalog(memory);
        this.partitions = new PartitionWatch(subscription);
        this.values = new ValueWatch(subscription);
        this.hangs = new HangWatch(subscription.name(), target, Clock.systemUTC());
        this.merges = new MergeFigures(figures.entries());
        this.server = new ServerWatch(subscription, imports);
        this.liveness = new Liveness(subscription.name());
        this.catchUp = new CatchUpPolicy(options, System::nanoTime);
    }

    @Override
    public void run() {
        while (!stop.isRequested()) {
            delayMillis = 0;
            try {
                stream();
            } catch (Throwable e) { // an Error too must not end the stream without a word
                failed(e);
            }
            stop.sleep(delayMillis);
        }
        if (session != null && condition.state() != StreamState.STOPPED) {
            LOG.info("Subscription {}: stopped, confirmed up to {}", subscription.name(), confirmed());
        }
    }

    private void stream() throws SQLException, InterruptedException {
        awaitImport();
        Lsn start = prepare();
        AckTracker tracker = new AckTracker(start);
        try (DatabaseCatalog catalog = new DatabaseCatalog(database, memory);
                WalSource source = open(start, tracker)) {
            token = beginSession(start);
            StreamSession current = newSession(source, catalog, tracker);
            reconnects += session != null && policy.isRecovering() ? 1 : 0;
            session = current;
            if (paused) {
                current.pause();
                if (!paused) { // resumed in between, when the session did not know of the pause yet
                    current.resume();
                }
            }
            if (!policy.isRecovering()) {
                working(start);
            }
            boolean inOrder = false;
            try {
                current.run();
                inOrder = true;
            } catch (CancellationException e) {
                inOrder = true; // it is being stopped
            } catch (Throwable e) { // told at once, not only when the exchanges that are still under way have ended
                if (!readsRaw(e)) {
                    if (mode == StreamState.CATCHING_UP && e instanceof SubscriptionException broken) {
                        catchUp.failed(broken, current.confirmed().isAfter(start));
                    }
                    failed(e);
                }
            }
            awaitInFlight(current);
            if (inOrder && mode == StreamState.CATCHING_UP) {
                catchUp.ended(current.walEnd(), current.confirmed());
            }
            keeper.end(current.confirmed(), current.delivered(), inOrder);
        } finally {
            tracker.end();
        }
    }

    /** Makes sure that publication and slot exist and go on where the stream ended, and returns the position of the slot. */
    private Lsn prepare() throws SQLException {
        try (Connection connection = database.connect()) {
            server.look(connection); // also if the slot cannot be used: then its state says why
            Optional<Lsn> position = slot.position(connection, confirmed());
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
            policy.begins(walEnd);
            if (encoding == null) {
                encoding = DatabaseEncoding.of(value(connection, "show server_encoding"));
            }
            observe(connection);
            return start;
        }
    }

    /** Remembers types and keys that the stream may need after somebody has dropped them. */
    private void observe(Connection connection) {
        try {
            known.load(connection);
            DatabaseCatalog.observe(connection, subscription.name(), memory);
            known.save(connection);
            if (session == null) { // later the maintaining thread looks
                partitions.begin(connection);
                values.begin(connection);
            }
        } catch (SQLException e) { // the stream looks up what it needs; only what is dropped meanwhile is lost
            LOG.debug("Could not look at the types of the published tables; trying again", e);
        }
    }

    /**
     * Returns whether the stream goes on by reading text as it is stored: the server could not convert a value, and would fail
     * at it for ever.
     */
    private boolean readsRaw(Throwable e) {
        boolean changes = e instanceof SubscriptionException failure
                && failure.isUnconvertible()
                && encoding.canBeRaw()
                && !encoding.isRaw();
        if (changes) {
            encoding = encoding.raw();
            LOG.warn(
                    "Subscription {}: {} From now on text is read as it is stored, and converted here.",
                    subscription.name(),
                    e.getMessage());
        }
        return changes;
    }

    /** Creates the slot, and has everything imported again, because what the sinks have is older than a new slot. */
    private Lsn createSlot(Connection connection) throws SQLException {
        keeper.importAgain(connection, "the slot is new");
        Lsn start = slot.create(connection);
        keeper.beginAfresh(start);
        return start;
    }

    private WalSource open(Lsn start, AckTracker tracker) {
        Supplier<Lsn> confirmed = options.confirm() ? () -> keeper.permit(tracker.confirmed()) : () -> Lsn.ZERO;
        if (catchUp.isBacklog(start)) {
            try {
                WalSource source = BacklogReader.open(
                        sourceDatabase(), subscription.name(), options.catchUpBytes(), confirmed, readers);
                mode = StreamState.CATCHING_UP;
                catchUps++;
                return source;
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
        return ReplicationStream.open(
                sourceDatabase(), subscription.name(), start, confirmed, policy.isRecovering(), readers);
    }

    private Database sourceDatabase() {
        return encoding.isRaw() ? database.asRaw() : database;
    }

    /** Records the session, which has the slot by now, and returns its token. */
    private SessionToken beginSession(Lsn start) throws SQLException {
        values.expectChanges();
        try (Connection connection = database.connect()) {
            if (options.confirm()) {
                slot.requireUnmoved(connection, start);
                keeper.begin(connection, start);
            }
            return SessionToken.take(connection, subscription.name());
        }
    }

    private StreamSession newSession(WalSource source, DatabaseCatalog catalog, AckTracker tracker) {
        figures.begin();
        Deliverer deliverer = new Deliverer(target, options, tracker, figures, deliverers, source::wake, stop);
        Announcements announcements = new Announcements();
        // a stream that delivers no schemas must not keep the chunks of imports from announcing theirs
        Announcements ofImports = options.announceSchemas() ? announcements : new Announcements();
        Watermarks watermarks = new Watermarks(deliverer, ofImports, merges, stop);
        Changelog changelog =
                new Changelog(catalog, encoding, options.zone(), keeper.timelines(), announcements, watermarks);
        return new StreamSession(source, encoding, tracker, deliverer, watermarks, changelog, stop, this::progressed);
    }

    private void working(Lsn from) {
        condition = new Condition(mode, null, Instant.now());
        if (mode == StreamState.CATCHING_UP) {
            LOG.info(
                    "Subscription {}: catching up from {} at {}, {} MB behind",
                    subscription.name(),
                    from,
                    database,
                    catchUp.walEnd().bytesSince(from) >> 20);
        } else {
            LOG.info("Subscription {}: streaming from {} at {}", subscription.name(), from, database);
        }
    }

    private void progressed() {
        if (policy.progressed(confirmed())) {
            working(confirmed());
        }
    }

    /** Waits for exchanges that are still under way, because the same changes will be delivered again. */
    private void awaitInFlight(StreamSession ended) throws InterruptedException {
        while (!stop.isRequested() && ended.inFlight() > 0) {
            stop.sleep(POLL_MILLIS);
        }
        ended.awaitIdle(); // also when stopping: what is about to complete can still be confirmed
    }

    /** Waits for a chunk that joined the stream before the stream was stopped: later changes must not overtake it. */
    private void awaitImport() {
        while (!stop.isRequested() && imports.areUnderWay()) {
            stop.sleep(POLL_MILLIS);
        }
    }

    private void failed(Throwable e) {
        if (stop.isRequested()) {
            return;
        }
        Reaction reaction = policy.failed(e, session != null);
        String problem = reaction.problem();
        boolean isNew = !problem.equals(condition.problem());
        condition = new Condition(reaction.state(), problem, Instant.now());
        delayMillis = reaction.delayMillis();
        if (reaction.state() == StreamState.STANDBY) {
            keeper.overtaken();
            if (isNew) {
                LOG.info("Subscription {}: {}", subscription.name(), problem);
            }
            return;
        }
        failures++;
        decodeErrors += e instanceof PgOutputException ? 1 : 0;
        if (reaction.state() == StreamState.STOPPED) {
            LOG.error(
                    "Subscription {}: {} Streaming has stopped until the route is started again.",
                    subscription.name(),
                    problem);
            listener.failed(problem, e);
            stop.request();
        } else if (isNew) {
            LOG.warn("Subscription {}: {} Trying again, in {} ms at first.", subscription.name(), problem, delayMillis);
            if (!(e instanceof DeliveryException)) { // the error handler of the route knows of that
                listener.failed(problem, e);
            }
        }
        LOG.debug("Subscription {}: trying again in {} ms", subscription.name(), delayMillis, e);
    }

    /**
     * Brings the publication in line with the subscribed schemas, and ends a session that has fallen behind so that the
     * next one catches up. For one thread, at intervals. A standby leaves it to the process that streams.
     */
    public void maintain() {
        liveness.tick();
        StreamSession current = session;
        if (current == null || !condition.state().delivers()) {
            lookAtServer();
            return;
        }
        try (Connection connection = database.connect()) {
            server.look(connection);
            warnings.check(connection);
            publication.reconcile(connection, true);
            catchUp.measured(walEnd(connection));
            observe(connection);
            if (catchUp.isLastingBacklog(current.confirmed()) && condition.state() == StreamState.STREAMING) {
                current.end();
            }
            partitions.look(connection, imports.areOn());
            values.look(connection, imports.areOn());
        } catch (SubscriptionException e) {
            if (e.remedy() == Remedy.STOP) {
                current.revoke(e);
            }
            LOG.debug("Could not reconcile the publication", e);
        } catch (SQLException | RuntimeException e) {
            // the stream goes on without; if the server is in trouble, the stream finds out too, and says so
            LOG.debug("Could not reconcile the publication; trying again", e);
        }
    }

    /** Looks at the slot while nothing is streamed: it keeps WAL all the more. */
    private void lookAtServer() {
        if (session == null && condition.state() == StreamState.STOPPED) {
            return; // it was never reached, so each look might be one more refused login
        }
        try (Connection connection = database.connect()) {
            server.look(connection);
        } catch (SQLException | RuntimeException e) {
            LOG.debug("Could not look at the replication slot; trying again", e);
        }
    }

    /** Lets the slot follow further, and looks whether a delivery hangs; for one thread, at short intervals. */
    public void keepPosition() {
        liveness.tick();
        StreamSession current = session;
        if (current != null) {
            hangs.look(current.awaited());
        }
        lag.look(isBehind());
        if (current != null && condition.state().delivers()) {
            keeper.extend(current.confirmed());
        }
    }

    /** Returns whether there may be changes that are not delivered. A standby leaves them to another process. */
    private boolean isBehind() {
        StreamState state = condition.state();
        return state != StreamState.STANDBY && (!state.delivers() || paused || unfinished() > 0 || lagBytes() > 0);
    }

    private static Lsn walEnd(Connection connection) throws SQLException {
        return Lsn.parse(value(connection, "select pg_current_wal_flush_lsn()"));
    }

    private static String value(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    /** Delivers nothing more, but keeps the connection alive. */
    public void pause() {
        paused = true;
        StreamSession current = session;
        if (current != null) {
            current.pause();
        }
    }

    public void resume() {
        paused = false;
        StreamSession current = session;
        if (current != null) {
            current.resume();
        }
    }

    /** Ends the stream soon; {@link #run} returns when it has ended. */
    public void stop() {
        stop.request();
    }

    public StreamStatus status() {
        Condition now = condition;
        StreamSession current = session;
        Lsn confirmed = confirmed();
        Lsn delivered = figures.deliveredLsn().max(confirmed);
        return new StreamStatus(
                subscription.name(),
                now.state(),
                now.since(),
                paused,
                now.problem(),
                hangs.awaited(),
                hangs.since(),
                current == null ? Lsn.ZERO : current.received().max(delivered),
                delivered,
                confirmed,
                lagBytes(),
                lag.since(figures.latestCommit()),
                unfinished(),
                failures,
                catchUps,
                counts(),
                server.slot(),
                server.imports());
    }

    private StreamStatus.Counts counts() {
        return new StreamStatus.Counts(
                reconnects,
                figures.redeliveries(),
                decodeErrors,
                figures.entries().entries(Operation.IMPORT),
                merges.chunks(),
                Duration.ofNanos(merges.waitNanos()),
                merges.failures(),
                merges.rereads());
    }

    /** Returns which thread no longer moves, in a sentence; empty if all do. */
    public Optional<String> stuck() {
        return liveness.stuck(condition.state().delivers() ? session : null);
    }

    /** Returns the token of the session that runs; for those who deliver what it sent. */
    public SessionToken token() {
        return token;
    }

    private Lsn confirmed() {
        StreamSession current = session;
        return current == null ? Lsn.ZERO : current.confirmed();
    }

    /**
     * Takes the later of what the walsender told and what the server was asked at intervals, because a busy walsender
     * does not tell.
     */
    private long lagBytes() {
        StreamSession current = session;
        return current == null
                ? 0
                : Math.max(0, current.walEnd().max(catchUp.walEnd()).bytesSince(current.confirmed()));
    }

    /** Counts the deliveries that are unfinished or about to be made, and the chunk that the stream waits for. */
    public int unfinished() {
        StreamSession current = session;
        return current == null ? 0 : current.unfinished();
    }

    /** Returns where imports may join the stream now; empty if it does not stream, or is paused. */
    public Optional<Watermarks> watermarks() {
        StreamSession current = session;
        return current == null || condition.state() != StreamState.STREAMING ? Optional.empty() : current.watermarks();
    }
}
