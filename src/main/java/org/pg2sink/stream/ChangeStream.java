package org.pg2sink.stream;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.pg2sink.changelog.Announcements;
import org.pg2sink.changelog.Changelog;
import org.pg2sink.changelog.DatabaseEncoding;
import org.pg2sink.imports.MergeFigures;
import org.pg2sink.imports.Watermarks;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.Cancellation;
import org.pg2sink.replication.CatalogMemory;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.DatabaseCatalog;
import org.pg2sink.replication.SessionToken;
import org.pg2sink.replication.Subscription;
import org.pg2sink.replication.WalSource;
import org.pg2sink.stream.FailurePolicy.Reaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams from the slot of a subscription to a target until it is stopped, session after session. A new session begins at
 * the confirmed position whenever the connection or a delivery fails, and when it is time to catch up with a backlog or to
 * stream again afterwards.
 *
 * <p>Runs on one thread, which decodes and collects. Other threads only tell it to pause or stop, and ask for what an import
 * needs to join it. How it is doing they ask its {@link StreamCondition}; and one of them keeps the publication in order by its
 * {@link Upkeep}.
 */
public final class ChangeStream implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(ChangeStream.class);

    private static final long POLL_MILLIS = 100;

    private final Database database;
    private final Subscription subscription;
    private final StreamOptions options;
    private final CatalogMemory memory;
    private final Target target;
    private final List<? extends Executor> deliverers;
    private final Imports imports;
    private final DeliveryFigures figures;
    private final FailureListener listener;
    private final MergeFigures merges;
    private final PositionKeeper keeper;
    private final CatchUpPolicy catchUp;
    private final StreamCondition condition;
    private final Upkeep upkeep;
    private final Cancellation stop = new Cancellation();

    // owned by the stream's thread
    private final FailurePolicy policy = new FailurePolicy();
    private final SourceChoice choice;
    private long delayMillis;

    // written by the stream's thread, read by others
    /** Token of the session that runs, or ran last; null before the first. */
    private volatile SessionToken token;

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
        this.memory = memory;
        this.target = target;
        this.deliverers = deliverers;
        this.imports = imports;
        this.figures = figures;
        this.listener = listener;
        this.merges = new MergeFigures(figures.entries());
        this.keeper = new PositionKeeper(database, subscription, imports);
        this.catchUp = new CatchUpPolicy(options, System::nanoTime);
        this.choice = new SourceChoice(database, subscription, options, catchUp, readers);
        ServerWatch server = new ServerWatch(subscription, imports);
        this.condition = new StreamCondition(subscription.name(), target, figures, merges, catchUp, server);
        this.upkeep = new Upkeep(database, subscription, options, memory, imports, keeper, catchUp, server, condition);
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
        if (condition.session() != null && condition.state() != StreamState.STOPPED) {
            LOG.info("Subscription {}: stopped, confirmed up to {}", subscription.name(), condition.confirmed());
        }
    }

    private void stream() throws SQLException, InterruptedException {
        awaitImport();
        Lsn start = prepare();
        AckTracker tracker = new AckTracker(start);
        Supplier<Lsn> confirmed = options.confirm() ? () -> keeper.permit(tracker.confirmed()) : () -> Lsn.ZERO;
        try (DatabaseCatalog catalog = new DatabaseCatalog(database, memory);
                WalSource source = choice.open(start, confirmed, policy.isRecovering())) {
            token = upkeep.begin(start);
            StreamSession session = newSession(source, catalog, tracker);
            condition.begins(session, policy.isRecovering());
            if (condition.isPaused()) {
                session.pause();
                if (!condition.isPaused()) { // resumed in between, when the session did not know of the pause yet
                    session.resume();
                }
            }
            if (!policy.isRecovering()) {
                working(start);
            }
            boolean inOrder = run(session, start);
            awaitInFlight(session);
            if (inOrder) {
                choice.ended(session);
            }
            keeper.end(session.confirmed(), session.delivered(), inOrder);
        } finally {
            tracker.end();
        }
    }

    private Lsn prepare() throws SQLException {
        try (Connection connection = database.connect()) {
            Lsn start = upkeep.prepare(connection);
            policy.begins(catchUp.walEnd());
            choice.prepare(connection);
            return start;
        }
    }

    /** Runs a session, and returns whether it ended in order. */
    private boolean run(StreamSession session, Lsn start) {
        try {
            session.run();
            return true;
        } catch (CancellationException e) {
            return true; // it is being stopped
        } catch (Throwable e) { // told at once, not only when the exchanges that are still under way have ended
            if (!choice.failed(e, session.confirmed().isAfter(start))) {
                failed(e);
            }
            return false;
        }
    }

    private StreamSession newSession(WalSource source, DatabaseCatalog catalog, AckTracker tracker) {
        figures.begin();
        Deliverer deliverer = new Deliverer(target, options, tracker, figures, deliverers, source::wake, stop);
        Announcements announcements = new Announcements();
        // a stream that delivers no schemas must not keep the chunks of imports from announcing theirs
        Announcements ofImports = options.announceSchemas() ? announcements : new Announcements();
        Watermarks watermarks = new Watermarks(deliverer, ofImports, merges, stop);
        DatabaseEncoding encoding = choice.encoding();
        Changelog changelog =
                new Changelog(catalog, encoding, options.zone(), keeper.timelines(), announcements, watermarks);
        return new StreamSession(source, encoding, tracker, deliverer, watermarks, changelog, stop, this::progressed);
    }

    private void working(Lsn from) {
        condition.working(choice.mode());
        if (choice.mode() == StreamState.CATCHING_UP) {
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
        if (policy.progressed(condition.confirmed())) {
            working(condition.confirmed());
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
        Reaction reaction = policy.failed(e, condition.session() != null);
        String problem = reaction.problem();
        boolean isNew = condition.failed(e, reaction);
        delayMillis = reaction.delayMillis();
        if (reaction.state() == StreamState.STANDBY) {
            keeper.overtaken();
            if (isNew) {
                LOG.info("Subscription {}: {}", subscription.name(), problem);
            }
            return;
        }
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

    /** Delivers nothing more, but keeps the connection alive. */
    public void pause() {
        condition.setPaused(true);
        StreamSession session = condition.session();
        if (session != null) {
            session.pause();
        }
    }

    public void resume() {
        condition.setPaused(false);
        StreamSession session = condition.session();
        if (session != null) {
            session.resume();
        }
    }

    /** Ends the stream soon; {@link #run} returns when it has ended. */
    public void stop() {
        stop.request();
    }

    /** Returns the condition of this stream. */
    public StreamCondition condition() {
        return condition;
    }

    /** Returns the upkeep of this stream, which somebody has to call at intervals. */
    public Upkeep upkeep() {
        return upkeep;
    }

    /** Returns the token of the session that runs; for those who deliver what it sent. */
    public SessionToken token() {
        return token;
    }

    /** Returns where imports may join the stream now; empty if it does not stream, or is paused. */
    public Optional<Watermarks> watermarks() {
        StreamSession session = condition.session();
        return session == null || condition.state() != StreamState.STREAMING ? Optional.empty() : session.watermarks();
    }
}
